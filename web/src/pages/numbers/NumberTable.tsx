import { Badge, Button, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { PhoneNumber } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { EntityDialogue } from '../../forms/EntityDialogue';

export function NumberTable() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('numbers', { sort: 'number' });
  const data = useServerTable<PhoneNumber>('numbers', view);
  const [edited, setEdited] = useState<PhoneNumber | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('numbers');

  const columns = useMemo<Column<PhoneNumber>[]>(() => {
    const owner = ({ user, user_name }: PhoneNumber) => {
      if (user) return <Link to={`/users/${user}`}>{user_name}</Link>;
      return (
        <Text span inherit c="dimmed">
          {t('numbers.free')}
        </Text>
      );
    };
    return [
      { id: 'number', text: 'numbers.column.number', sortable: true, cell: (item) => <strong>{item.number}</strong> },
      {
        id: 'kind',
        text: 'numbers.column.kind',
        sortable: true,
        cell: ({ kind }) => <Badge color={kind === 'internal' ? 'petrol' : 'brass'}>{optionLabel('number', 'kind', kind)}</Badge>,
      },
      { id: 'user_name', text: 'numbers.column.owner', sortable: true, cell: owner },
    ];
  }, [t]);

  return (
    <>
      <DataTable
        id="numbers"
        label={t('numbers.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(item) => item.id}
        filters={
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
            {t('numbers.new')}
          </Button>
        }
        empty={t('numbers.none')}
        onOpen={setEdited}
        onRemove={(items) => remove(items.map(({ id, number }) => ({ id, name: number })))}
      />
      {edited && (
        <EntityDialogue
          entity="number"
          collection="numbers"
          fields={['number', 'kind', 'user', 'line']}
          title={edited === 'new' ? t('numbers.new') : t('numbers.one', { number: edited.number })}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
