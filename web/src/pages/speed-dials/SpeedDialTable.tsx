// Numbers behind short ones: all of them for administrators, else one's own beside everybody's (KEY).
import { Button, Group, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SpeedDial } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

interface SpeedDialTableProps {
  list: 'speed-dials' | 'me/speed-dials';
  /** False: one may see them, not change them. */
  mayEdit?: boolean;
  actions?: ReactNode;
}

export function SpeedDialTable({ list, mayEdit = true, actions }: SpeedDialTableProps) {
  const { t } = useTranslation();
  const own = list === 'me/speed-dials';
  const id = own ? 'own-speed-dials' : 'speed-dials';
  const [view, setView] = useTableView(id, { sort: 'place' });
  const data = useServerTable<SpeedDial>(list, view);
  const [edited, setEdited] = useState<SpeedDial | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove(list);

  const mayChange = (one: SpeedDial) => mayEdit && !(own && one.user === null); // everybody's: administrators change it
  const place = (one: SpeedDial) =>
    mayChange(one) ? (
      <Button variant="subtle" size="compact-sm" className="mono" aria-label={t('speedDials.change', { place: one.place })} onClick={() => setEdited(one)}>
        {one.place}
      </Button>
    ) : (
      <span className="mono">{one.place}</span>
    );
  const columns: Column<SpeedDial>[] = [
    { id: 'place', text: 'speedDials.column.place', sortable: true, cell: place },
    { id: 'name', text: 'speedDials.column.name', sortable: true, cell: ({ name }) => name },
    { id: 'number', text: 'speedDials.column.number', sortable: true, cell: ({ number }) => <span className="mono">{number}</span> },
    { id: 'user_name', text: 'speedDials.column.user', sortable: true, cell: ({ user, user_name }) => (user === null ? t('speedDials.everybody') : user_name) },
  ];
  const removeThem = async (picked: SpeedDial[]) => {
    const mine = picked.filter(mayChange).map((one) => ({ id: one.id, name: `${one.place} ${one.name || one.number}` }));
    return mine.length > 0 && remove(mine);
  };
  return (
    <>
      <Group justify="space-between" mb="sm" align="flex-start">
        <Text c="dimmed" maw={640}>
          {t(own ? 'speedDials.ownIntro' : 'speedDials.intro')}
        </Text>
        <Group gap="xs">
          {actions}
          {mayEdit && (
            <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
              {t('speedDials.new')}
            </Button>
          )}
        </Group>
      </Group>
      <DataTable
        id={id}
        label={t('speedDials.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(one) => one.id}
        empty={t('speedDials.none')}
        onRemove={mayEdit ? removeThem : undefined}
      />
      {edited && (
        <EntityDialogue
          entity="speed_dial"
          collection={list}
          fields={['place', 'number', 'name', ...(own ? [] : ['user'])]}
          title={edited === 'new' ? t('speedDials.new') : t('speedDials.one')}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
