// Where the telephones are (LIN-6).
import { Badge, Button, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { Site } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { addressOf } from './address';

export default function Sites() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('sites', { sort: 'name' });
  const data = useServerTable<Site>('sites', view);
  const [remove, dialogue] = useConfirmedRemove('sites');

  const columns = useMemo<Column<Site>[]>(
    () => [
      {
        id: 'name',
        text: 'routing.site.column.name',
        sortable: true,
        cell: (site) => (
          <Group gap={6}>
            <Link to={`/sites/${site.id}`}>{site.name}</Link>
            {site.is_default && <Badge variant="light">{t('routing.site.isDefault')}</Badge>}
          </Group>
        ),
      },
      { id: 'address', text: 'routing.site.column.address', cell: addressOf },
      { id: 'networks', text: 'routing.site.column.networks', cell: (site) => site.networks },
      { id: 'phones', text: 'routing.site.column.phones', sortable: true, cell: (site) => site.phones },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('routing.site.title')}
      actions={
        <Button component={Link} to="/sites/new" leftSection={<Icon name="plus" size={14} />}>
          {t('routing.site.new')}
        </Button>
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('routing.site.intro')}
      </Text>
      <DataTable
        id="sites"
        label={t('routing.site.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(site) => site.id}
        empty={t('routing.site.none')}
        onOpen={(site) => navigate(`/sites/${site.id}`)}
        onRemove={(picked) => remove(picked)}
      />
      {dialogue}
    </PageFrame>
  );
}
