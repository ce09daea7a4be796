import type { TFunction } from 'i18next';
import { Link } from 'react-router-dom';
import type { LiveCall } from '../../api/types';
import { timeOnly } from '../../i18n/format';
import type { Column } from '../../table/types';
import { traceAddress } from '../traces/address';
import { CallState, stateText } from './CallState';
import { Duration } from './Duration';
import { Party, partyText } from './Party';
import { Reasons } from './Reasons';
import { VoiceNow } from './Voice';

export const SORT_KEYS = {
  state: (call: LiveCall) => stateText(call.state),
  caller: (call: LiveCall) => partyText(call.caller),
  called: (call: LiveCall) => partyText(call.called),
  started_at: (call: LiveCall) => Date.parse(call.started_at ?? ''),
};

export function callColumns(t: TFunction, hangUp: (call: LiveCall) => React.ReactNode): Column<LiveCall>[] {
  return [
    { id: 'state', text: 'calls.column.state', sortable: true, cell: (call) => <CallState call={call} /> },
    { id: 'caller', text: 'calls.column.caller', sortable: true, cell: (call) => <Party party={call.caller} /> },
    { id: 'called', text: 'calls.column.called', sortable: true, cell: (call) => <Party party={call.called} /> },
    { id: 'ringing', text: 'calls.column.ringing', cell: (call) => call.ringing.join(', ') },
    { id: 'started_at', text: 'calls.column.started', sortable: true, cell: (call) => timeOnly(call.started_at) },
    {
      id: 'duration',
      text: 'calls.column.duration',
      numeric: true,
      cell: (call) => <Duration since={call.answered_at ?? call.started_at ?? ''} />,
    },
    { id: 'voice', text: 'calls.column.voice', cell: (call) => <VoiceNow call={call} /> },
    { id: 'codec', text: 'calls.column.codec', extra: true, cell: (call) => call.codec },
    { id: 'reasons', text: 'calls.column.reasons', cell: (call) => <Reasons reasons={call.reasons} /> },
    {
      id: 'trace',
      text: 'calls.column.trace',
      cell: (call) => <Link to={traceAddress(call.call_id)}>{t('calls.trace')}</Link>,
    },
    { id: 'hangup', text: 'calls.column.hangUp', cell: hangUp },
  ];
}
