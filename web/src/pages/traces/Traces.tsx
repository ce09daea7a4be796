// Recent calls whose SIP messages are still kept.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useTraces, type TraceSummary } from '../../api/runtime';
import { dateTime } from '../../i18n/format';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useLocalTable } from '../../table/useLocalTable';
import { useTableView } from '../../table/useTableView';
import { traceAddress } from './address';


const SORT_KEYS = {
  started_at: (trace: TraceSummary) => trace.started_at,
  caller: (trace: TraceSummary) => trace.caller ?? '',
  called: (trace: TraceSummary) => trace.called ?? '',
  messages: (trace: TraceSummary) => trace.messages,
  start_line: (trace: TraceSummary) => trace.start_line,
  call_id: (trace: TraceSummary) => trace.call_id,
};

const COLUMNS: Column<TraceSummary>[] = [
  { id: 'started_at', text: 'traces.column.started', sortable: true, cell: (trace) => dateTime(trace.started_at) },
  { id: 'caller', text: 'traces.column.caller', sortable: true, cell: (trace) => trace.caller },
  { id: 'called', text: 'traces.column.called', sortable: true, cell: (trace) => trace.called },
  { id: 'messages', text: 'traces.column.messages', sortable: true, numeric: true, cell: (trace) => trace.messages },
  {
    id: 'start_line',
    text: 'traces.column.startLine',
    sortable: true,
    cell: (trace) => trace.start_line.replace(/ SIP\/2\.0$/, ''),
  },
  {
    id: 'call_id',
    text: 'traces.column.callId',
    sortable: true,
    cell: (trace) => (
      <Link to={traceAddress(trace.call_id)} className="mono">
        {trace.call_id}
      </Link>
    ),
  },
];

export default function Traces() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('traces', { sort: 'started_at', order: 'desc' });
  const traces = useTraces(view.search);
  const unfiltered = useMemo(() => ({ ...view, search: '' }), [view]); // the server has searched already
  const data = useLocalTable(traces, unfiltered, SORT_KEYS);

  return (
    <PageFrame title={t('traces.title')}>
      <DataTable
        id="traces"
        label={t('traces.title')}
        columns={COLUMNS}
        data={data}
        view={view}
        onView={setView}
        rowId={(trace) => trace.call_id}
        empty={t('traces.none')}
        onOpen={(trace) => navigate(traceAddress(trace.call_id))}
      />
    </PageFrame>
  );
}
