// Music on hold (MOH-1): the loops, and which one is the default.
import { Badge, Button, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { MusicLoop } from '../../api/types';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { length, volume } from './length';
import { useRemoveLoops } from './useRemoveLoops';

export default function MusicLoops() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('music', { sort: 'name' });
  const data = useServerTable<MusicLoop>('music-loops', view);
  const [remove, dialogue] = useRemoveLoops();

  const columns = useMemo<Column<MusicLoop>[]>(
    () => [
      {
        id: 'name',
        text: 'music.column.name',
        sortable: true,
        cell: (loop) => (
          <Group gap={6}>
            <Link to={`/music/${loop.id}`}>{loop.name}</Link>
            {loop.is_default && <Badge variant="light">{t('music.isDefault')}</Badge>}
            {loop.builtin && <Badge color="gray">{t('music.isSupplied')}</Badge>}
          </Group>
        ),
      },
      { id: 'description', text: 'music.column.description', sortable: true, cell: (loop) => loop.description },
      { id: 'files', text: 'music.column.files', sortable: true, numeric: true, cell: (loop) => loop.files },
      { id: 'length_ms', text: 'music.column.length', sortable: true, numeric: true, cell: (loop) => length(loop.length_ms) },
      { id: 'gain_db', text: 'music.column.volume', sortable: true, numeric: true, extra: true, cell: (loop) => volume(t, loop.gain_db) },
      { id: 'numbers', text: 'music.column.numbers', sortable: true, numeric: true, cell: (loop) => loop.numbers },
      { id: 'users', text: 'music.column.users', sortable: true, numeric: true, cell: (loop) => loop.users },
      { id: 'groups', text: 'music.column.groups', sortable: true, numeric: true, cell: (loop) => loop.groups },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('music.title')}
      actions={
        <Button component={Link} to="/music/new" leftSection={<Icon name="plus" size={14} />}>
          {t('music.new')}
        </Button>
      }
    >
      <Text size="sm" c="dimmed" mb="sm" maw={800}>
        {t('music.intro')}
      </Text>
      <DataTable
        id="music"
        label={t('music.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(loop) => loop.id}
        empty={t('music.none')}
        onOpen={(loop) => navigate(`/music/${loop.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
