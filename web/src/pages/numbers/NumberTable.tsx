import { Badge, Button, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useByIds, userName } from '../../api/names';
import type { PhoneNumber, User } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { EntityDialogue } from './EntityDialogue';

export function NumberTable() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('numbers', { sort: 'number' });
  const data = useServerTable<PhoneNumber>('numbers', view);
  const owners = useByIds<User>('user', data.rows.flatMap(({ user }) => user ?? []));
  const [edited, setEdited] = useState<PhoneNumber | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('numbers');

  const ownerKey = [...owners.values()].map((user) => `${user.id} ${userName(user)}`).join();
  const columns = useMemo<Column<PhoneNumber>[]>(() => {
    const owner = ({ user }: PhoneNumber) => {
      if (!user) return <Text span inherit c="dimmed">{t('numbers.free')}</Text>;
      const known = owners.get(user);
      return <Link to={`/users/${user}`}>{known ? userName(known) : `#${user}`}</Link>;
    };
    return [
      { id: 'number', text: 'numbers.column.number', sortable: true, cell: (item) => <strong>{item.number}</strong> },
      {
        id: 'kind',
        text: 'numbers.column.kind',
        sortable: true,
        cell: ({ kind }) => <Badge color={kind === 'internal' ? 'petrol' : 'brass'}>{optionLabel('number', 'kind', kind)}</Badge>,
      },
      { id: 'user', text: 'numbers.column.owner', cell: owner },
    ];
  }, [t, ownerKey]); // eslint-disable-line react-hooks/exhaustive-deps -- the map is new each time

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
          fields={['number', 'kind', 'user']}
          title={edited === 'new' ? t('numbers.new') : t('numbers.one', { number: edited.number })}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
