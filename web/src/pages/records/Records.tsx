// Finished calls: all, or one's own.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { query } from '../../api/client';
import type { CallRecord, ListParams } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { recordColumns } from './columns';
import { periodFilter } from './period';
import { PeriodSelect } from './PeriodSelect';
import { RecordDrawer } from './RecordDrawer';
import { FILTERS, RecordFilters, type RecordFilter } from './RecordFilters';

interface RecordTableProps {
  id: string;
  title: string;
  collection: 'call-records' | 'me/call-records';
  /** What is shown first. */
  firstPeriod?: string;
}

function chosenFilters(params: URLSearchParams): Partial<Record<RecordFilter, string>> {
  const pairs = FILTERS.map((name) => [name, params.get(name)]).filter(([, value]) => value);
  return Object.fromEntries(pairs) as Partial<Record<RecordFilter, string>>;
}

function ExportLinks({ filters }: { filters: ListParams }) {
  const { t } = useTranslation();
  const link = (format: string) => `/api/call-records.csv${query({ ...filters, format })}`;
  return (
    <>
      <Button variant="default" component="a" href={link('csv')} download>
        {t('records.export')}
      </Button>
      <Button variant="default" component="a" href={link('excel')} download>
        {t('records.exportExcel')}
      </Button>
    </>
  );
}

export function RecordTable({ id, title, collection, firstPeriod = 'all' }: RecordTableProps) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [view, setView] = useTableView(id, { sort: 'started_at', order: 'desc' });
  const period = params.get('period') ?? firstPeriod;
  const all = collection === 'call-records';
  const chosen = all ? chosenFilters(params) : {};
  const filters = { ...periodFilter(period), ...chosen };
  const data = useServerTable<CallRecord>(collection, view, filters);
  const [opened, setOpened] = useState<CallRecord | null>(null);

  const setParam = (name: string, next: string) =>
    setParams(
      (old) => {
        const changed = new URLSearchParams(old);
        changed.delete('page');
        if (next) changed.set(name, next);
        else changed.delete(name);
        return changed;
      },
      { replace: true },
    );

  return (
    <PageFrame title={title} actions={all && <ExportLinks filters={{ ...filters, search: view.search }} />}>
      <DataTable
        id={id}
        label={title}
        columns={recordColumns}
        data={data}
        view={view}
        onView={setView}
        rowId={(record) => record.id}
        filters={
          <>
            <PeriodSelect period={period} onPeriod={(next) => setParam('period', next)} />
            {all && <RecordFilters values={chosen} onFilter={setParam} />}
          </>
        }
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
