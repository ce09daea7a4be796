// All users (USR-1).
import { Button, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { query } from '../../api/client';
import { useList } from '../../api/collections';
import { userName } from '../../api/names';
import { useMe } from '../../api/session';
import type { Found, Range, User } from '../../api/types';
import { BulkButton } from '../../forms/bulk/BulkButton';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { ALL_RANGES } from '../numbers/ranges';
import { BulkUsers } from './BulkUsers';
import { userColumns } from './columns';

export default function Users() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const [view, setView] = useTableView('users', { sort: 'last_name' });
  const data = useServerTable<User>('users', view);
  const ranges = useList<Range>('ranges', ALL_RANGES);
  const [remove, dialogue] = useConfirmedRemove('users');

  const [editing, setEditing] = useState<{ users: User[]; found: Found | null } | null>(null);
  const columns = useMemo(() => userColumns(t, ranges.data?.items ?? []), [t, ranges.data]);

  return (
    <PageFrame
      title={t('users.title')}
      actions={
        <Group gap="xs">
          <Button component="a" href={`/api/users.csv${query(data.params ?? {})}`} download variant="default" leftSection={<Icon name="download" size={14} />}>
            {view.search || view.letter ? t('users.exportFound') : t('users.export')}
          </Button>
          <Button component={Link} to="/users/import" variant="default" leftSection={<Icon name="upload" size={14} />}>
            {t('users.import.open')}
          </Button>
          <Button component={Link} to="/users/new" leftSection={<Icon name="plus" size={14} />}>
            {t('users.new')}
          </Button>
        </Group>
      }
    >
      <DataTable
        id="users"
        label={t('users.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(user) => user.id}
        letters
        empty={t('users.none')}
        onOpen={(user) => navigate(`/users/${user.id}`)}
        onRemove={(users, found) => remove(users.map((user) => ({ id: user.id, name: userName(user) })), found)}
        pickedActions={(users, found) => <BulkButton count={found?.total ?? users.length} onClick={() => setEditing({ users, found })} />}
        allFound
        removable={(user) => user.id !== me?.id}
      />
      {dialogue}
      {editing && <BulkUsers {...editing} onClose={() => setEditing(null)} />}
    </PageFrame>
  );
}
