// Which phone watches what: lamps, messages waiting, presence.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useSubscriptions } from '../../api/runtime';
import type { Subscription } from '../../api/types';
import { dateTime } from '../../i18n/format';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useLocalTable } from '../../table/useLocalTable';
import { useTableView } from '../../table/useTableView';

const SORT_KEYS = {
  phone: (one: Subscription) => one.phone,
  event: (one: Subscription) => one.event,
  resource: (one: Subscription) => one.resource,
  source: (one: Subscription) => one.source,
  transport: (one: Subscription) => one.transport,
  subscribed_at: (one: Subscription) => one.subscribed_at ?? '',
  expires_at: (one: Subscription) => one.expires_at ?? '',
};

function EventName({ event }: { event: string }) {
  const { t } = useTranslation();
  return <>{t(`subscriptions.event.${event}`, { defaultValue: event })}</>;
}

const COLUMNS: Column<Subscription>[] = [
  { id: 'phone', text: 'subscriptions.column.phone', sortable: true, cell: (one) => <Link to={`/phones/${one.phone_id}`}>{one.phone}</Link> },
  { id: 'event', text: 'subscriptions.column.event', sortable: true, cell: (one) => <EventName event={one.event} /> },
  { id: 'resource', text: 'subscriptions.column.resource', sortable: true, cell: (one) => one.resource },
  { id: 'source', text: 'subscriptions.column.source', sortable: true, cell: (one) => one.source },
  { id: 'transport', text: 'subscriptions.column.transport', sortable: true, extra: true, cell: (one) => one.transport },
  { id: 'subscribed_at', text: 'subscriptions.column.since', sortable: true, extra: true, cell: (one) => one.subscribed_at && dateTime(one.subscribed_at) },
  { id: 'expires_at', text: 'subscriptions.column.until', sortable: true, cell: (one) => one.expires_at && dateTime(one.expires_at) },
];

export default function Subscriptions() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('subscriptions', { sort: 'phone' });
  const data = useLocalTable(useSubscriptions(), view, SORT_KEYS);
  return (
    <PageFrame title={t('subscriptions.title')}>
      <DataTable
        id="subscriptions"
        label={t('subscriptions.title')}
        columns={COLUMNS}
        data={data}
        view={view}
        onView={setView}
        rowId={(one) => `${one.phone_id} ${one.tag}`}
        empty={t('subscriptions.none')}
      />
    </PageFrame>
  );
}
