import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useRights } from '../../api/session';
import type { CallRecord } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { dateTime, duration } from '../../i18n/format';
import { money } from '../../i18n/money';
import type { Column } from '../../table/types';
import { DialButton } from '../manager/DialNumber';
import { CompletionButton } from './CompletionButton';
import { DirectBadge, MosBadge, worseMos } from './mos';
import { ResultBadge } from './ResultBadge';

function End({ user, number, name }: { user: number | null; number: string; name: string }) {
  const linked = useRights().has('admin');
  return (
    <>
      {user && linked ? <Link to={`/users/${user}`}>{number}</Link> : number}
      <DialButton number={number} /> {name}
    </>
  );
}

/** Of a call that was for a group, or for somebody else. */
function AnsweredBy({ name }: { name: string | null }) {
  const { t } = useTranslation();
  if (!name) return null;
  return (
    <Text size="xs" c="dimmed">
      {t('records.answeredBy', { name })}
    </Text>
  );
}

export const recordColumns: Column<CallRecord>[] = [
  { id: 'started_at', text: 'records.column.started', sortable: true, cell: (record) => dateTime(record.started_at) },
  { id: 'caller_number', text: 'records.column.caller', sortable: true, cell: (record) => <End user={record.caller_user} number={record.caller_number} name={record.caller_name} /> },
  {
    id: 'called_number',
    text: 'records.column.called',
    sortable: true,
    cell: (record) => (
      <>
        <End user={record.called_user} number={record.called_number} name={record.called_name} />
        <CompletionButton record={record} />
        <AnsweredBy name={record.answered_by} />
      </>
    ),
  },
  { id: 'result', text: 'records.column.result', sortable: true, cell: (record) => <ResultBadge result={record.result} /> },
  {
    id: 'duration_s',
    text: 'records.column.duration',
    sortable: true,
    numeric: true,
    cell: (record) => (record.answered_at ? duration(record.duration_s) : ''),
  },
  {
    id: 'ended_by',
    text: 'records.column.endedBy',
    sortable: true,
    cell: ({ ended_by }) => ended_by && optionLabel('call_record', 'ended_by', ended_by),
  },
  {
    id: 'mos',
    text: 'records.column.mos',
    cell: (record) => {
      if (record.direct) return <DirectBadge />;
      const mos = worseMos(record);
      return mos === null ? '' : <MosBadge mos={mos} />;
    },
  },
  {
    id: 'charge_micro',
    text: 'records.column.charge',
    sortable: true,
    extra: true,
    numeric: true,
    cell: ({ charge_micro, currency }) => currency && money(charge_micro, currency),
  },
  { id: 'codec', text: 'records.column.codec', sortable: true, extra: true, cell: (record) => record.codec },
  { id: 'sip_status', text: 'records.column.status', sortable: true, extra: true, numeric: true, cell: (record) => record.sip_status || '' },
];
