// Finished calls: all, or one's own.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import type { CallRecord } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { recordColumns } from './columns';
import { periodFilter } from './period';
import { PeriodSelect } from './PeriodSelect';
import { RecordDrawer } from './RecordDrawer';

interface RecordTableProps {
  id: string;
  title: string;
  collection: 'call-records' | 'me/call-records';
  /** What is shown first. */
  firstPeriod?: string;
}

export function RecordTable({ id, title, collection, firstPeriod = 'all' }: RecordTableProps) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [view, setView] = useTableView(id, { sort: 'started_at', order: 'desc' });
  const period = params.get('period') ?? firstPeriod;
  const data = useServerTable<CallRecord>(collection, view, periodFilter(period));
  const [opened, setOpened] = useState<CallRecord | null>(null);

  const setPeriod = (next: string) =>
    setParams(
      (old) => {
        const changed = new URLSearchParams(old);
        changed.delete('page');
        changed.set('period', next);
        return changed;
      },
      { replace: true },
    );

  return (
    <PageFrame title={title}>
      <DataTable
        id={id}
        label={title}
        columns={recordColumns}
        data={data}
        view={view}
        onView={setView}
        rowId={(record) => record.id}
        filters={<PeriodSelect period={period} onPeriod={setPeriod} />}
        empty={t('records.none')}
        onOpen={setOpened}
      />
      <RecordDrawer record={opened} onClose={() => setOpened(null)} />
    </PageFrame>
  );
}

export default function Records() {
  const { t } = useTranslation();
  return <RecordTable id="records" title={t('records.title')} collection="call-records" />;
}
