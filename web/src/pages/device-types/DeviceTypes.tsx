// What phones of a kind have in common (PHO-5).
import { Anchor, Badge, Button, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { DeviceType } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

export default function DeviceTypes() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('device-types', { sort: 'name' });
  const data = useServerTable<DeviceType>('device-types', view);
  const [remove, dialogue] = useConfirmedRemove('device-types');

  const columns = useMemo<Column<DeviceType>[]>(
    () => [
      {
        id: 'name',
        text: 'deviceTypes.column.name',
        sortable: true,
        cell: ({ id, name, builtin }) => (
          <>
            <Anchor component={Link} underline="always" c="inherit" inherit to={`/device-types/${id}`}>{name}</Anchor> {builtin && <Badge color="gray">{t('deviceTypes.supplied')}</Badge>}
          </>
        ),
      },
      { id: 'comment', text: 'deviceTypes.column.comment', sortable: true, cell: ({ comment }) => comment },
      { id: 'phones', text: 'deviceTypes.column.phones', sortable: true, numeric: true, cell: ({ phones }) => phones },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('deviceTypes.title')}
      actions={
        <Button component={Link} to="/device-types/new" leftSection={<Icon name="plus" size={14} />}>
          {t('deviceTypes.new')}
        </Button>
      }
    >
      <Text c="dimmed" mb="sm">
        {t('deviceTypes.intro')}
      </Text>
      <DataTable
        id="device-types"
        label={t('deviceTypes.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(type) => type.id}
        empty={t('deviceTypes.none')}
        onOpen={(type) => navigate(`/device-types/${type.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
