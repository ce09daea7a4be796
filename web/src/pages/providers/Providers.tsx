// What lines to a provider have in common (LIN-2).
import { Anchor, Badge, Button, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { Provider } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { BASIS_COLORS } from './note';

export default function Providers() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('providers', { sort: 'name' });
  const data = useServerTable<Provider>('providers', view);
  const [remove, dialogue] = useConfirmedRemove('providers');

  const columns = useMemo<Column<Provider>[]>(
    () => [
      {
        id: 'name',
        text: 'providers.column.name',
        sortable: true,
        cell: ({ id, name }) => (
          <Anchor component={Link} underline="always" c="inherit" inherit to={`/providers/${id}`}>
            {name}
          </Anchor>
        ),
      },
      { id: 'comment', text: 'providers.column.comment', extra: true, cell: ({ comment }) => comment },
      { id: 'host', text: 'providers.column.host', sortable: true, cell: ({ host }) => host },
      {
        id: 'basis',
        text: 'providers.column.basis',
        sortable: true,
        cell: ({ basis }) => <Badge color={BASIS_COLORS[basis] ?? 'gray'}>{optionLabel('provider', 'basis', basis)}</Badge>,
      },
      { id: 'lines', text: 'providers.column.lines', sortable: true, numeric: true, cell: ({ lines }) => lines },
    ],
    [],
  );

  return (
    <PageFrame
      title={t('providers.title')}
      actions={
        <Button component={Link} to="/providers/new" leftSection={<Icon name="plus" size={14} />}>
          {t('providers.new')}
        </Button>
      }
    >
      <Text c="dimmed" mb="sm">
        {t('providers.intro')}
      </Text>
      <DataTable
        id="providers"
        label={t('providers.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(provider) => provider.id}
        empty={t('providers.none')}
        onOpen={(provider) => navigate(`/providers/${provider.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
