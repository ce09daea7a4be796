import { Badge } from '@mantine/core';
import type { TFunction } from 'i18next';
import { Link } from 'react-router-dom';
import type { TraceSummary } from '../../api/types';
import { dateTime } from '../../i18n/format';
import type { Column } from '../../table/types';
import { traceAddress } from './address';

const party = (number: string | null, name: string | null) => [number, name].filter(Boolean).join(' · ');

function statusColor(status: number): string {
  if (status < 300) return 'green';
  return status === 487 ? 'gray' : 'red';
}

export function traceColumns(t: TFunction): Column<TraceSummary>[] {
  return [
    {
      id: 'started_at',
      text: 'traces.column.started',
      cell: (trace) => <Link to={traceAddress(trace.call_id)}>{dateTime(trace.started_at)}</Link>,
    },
    { id: 'kind', text: 'traces.column.kind', extra: true, cell: (trace) => t(`traces.kinds.${trace.kind}`) },
    { id: 'caller', text: 'traces.column.caller', cell: (trace) => party(trace.caller, trace.caller_name) },
    { id: 'called', text: 'traces.column.called', cell: (trace) => party(trace.called, trace.called_name) },
    {
      id: 'status',
      text: 'traces.column.status',
      cell: ({ status, live }) => (
        <>
          {live && <Badge color="petrol">{t('traces.live')}</Badge>} {status !== null && <Badge color={statusColor(status)}>{status}</Badge>}
        </>
      ),
    },
    { id: 'messages', text: 'traces.column.messages', numeric: true, cell: (trace) => trace.messages },
    { id: 'start_line', text: 'traces.column.startLine', cell: (trace) => trace.start_line.replace(/ SIP\/2\.0$/, '') },
    {
      id: 'call_id',
      text: 'traces.column.callId',
      extra: true,
      cell: (trace) => <span className="mono">{trace.sip_call_ids.join(' ')}</span>,
    },
  ];
}
