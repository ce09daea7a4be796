// The lines to providers, and whether they work.
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useLineStates } from '../../api/runtime';
import type { Line } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { lineColumns } from './columns';

export default function Lines() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('lines', { sort: 'position' });
  const data = useServerTable<Line>('lines', view);
  const states = useLineStates().data;
  const [remove, dialogue] = useConfirmedRemove('lines');
  const columns = useMemo(() => lineColumns(states ?? []), [states]);

  return (
    <PageFrame
      title={t('lines.title')}
      actions={
        <Button component={Link} to="/lines/new" leftSection={<Icon name="plus" size={14} />}>
          {t('lines.new')}
        </Button>
      }
    >
      <DataTable
        id="lines"
        label={t('lines.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(line) => line.id}
        empty={t('lines.none')}
        onOpen={(line) => navigate(`/lines/${line.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
