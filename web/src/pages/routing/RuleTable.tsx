// The COR rules (RTG-3).
import { Alert, Badge, Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useList } from '../../api/collections';
import { ALL, useLines } from '../../api/routing';
import { useSettings } from '../../api/settings';
import type { CorLine, CorRule } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

/** The lines of each rule by their names, each once. */
function useLineNames(): (rule: number) => string[] {
  const lines = useLines().data?.items;
  const ways = useList<CorLine>('cor-lines', { ...ALL, sort: 'position' }).data?.items;
  return useMemo(() => {
    const names = new Map((lines ?? []).map(({ id, name }) => [id, name]));
    return (rule) => [...new Set((ways ?? []).filter((way) => way.rule === rule).map((way) => names.get(way.line) ?? `#${way.line}`))];
  }, [lines, ways]);
}

export function RuleTable() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('cor-rules', { sort: 'number' });
  const data = useServerTable<CorRule>('cor-rules', view);
  const priority = useSettings().data?.routing_priority;
  const linesOf = useLineNames();
  const [remove, dialogue] = useConfirmedRemove('cor-rules');

  const columns = useMemo<Column<CorRule>[]>(
    () => [
      { id: 'number', text: 'routing.rules.column.number', sortable: true, cell: ({ id, number }) => <Link to={`/routing/rules/${id}`}>{number}</Link> },
      { id: 'ways', text: 'routing.rules.column.ways', cell: ({ id }) => linesOf(id).join(', ') || t('routing.rules.noLines') },
      { id: 'comment', text: 'routing.rules.column.comment', sortable: true, cell: ({ comment }) => comment },
      { id: 'enabled', text: 'routing.rules.column.state', sortable: true, cell: ({ enabled }) => !enabled && <Badge color="gray">{t('routing.rules.off')}</Badge> },
    ],
    [linesOf, t],
  );

  return (
    <>
      {(priority === 'static' || priority === 'line') && (
        <Alert color="brass" mb="sm">
          {t('routing.rules.notUsed')}
        </Alert>
      )}
      <DataTable
        id="cor-rules"
        label={t('routing.tab.rules')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(rule) => rule.id}
        filters={
          <Button component={Link} to="/routing/rules/new" leftSection={<Icon name="plus" size={14} />}>
            {t('routing.rules.new')}
          </Button>
        }
        empty={t('routing.rules.none')}
        onOpen={(rule) => navigate(`/routing/rules/${rule.id}`)}
        onRemove={(rules) => remove(rules.map(({ id, number }) => ({ id, name: number })))}
      />
      {dialogue}
    </>
  );
}
