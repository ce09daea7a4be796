// All groups (GRP-1).
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { UserGroup } from '../../api/types';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { groupColumns } from './columns';
import { useRemoveGroups } from './useRemoveGroups';

export default function Groups() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('groups', { sort: 'name' });
  const data = useServerTable<UserGroup>('groups', view);
  const [remove, dialogue] = useRemoveGroups();
  const columns = useMemo(() => groupColumns(t), [t]);

  return (
    <PageFrame
      title={t('groups.title')}
      actions={
        <Button component={Link} to="/groups/new" leftSection={<Icon name="plus" size={14} />}>
          {t('groups.new')}
        </Button>
      }
    >
      <DataTable
        id="groups"
        label={t('groups.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(group) => group.id}
        letters
        empty={t('groups.none')}
        onOpen={(group) => navigate(`/groups/${group.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
