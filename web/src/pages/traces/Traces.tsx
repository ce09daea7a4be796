// Calls whose SIP messages are stored.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { query } from '../../api/client';
import { pcapUrl, useTraces } from '../../api/traces';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useTableView } from '../../table/useTableView';
import { traceAddress } from './address';
import { traceColumns } from './columns';
import { FilterBar } from './FilterBar';
import { asParams, FILTER_NAMES, readFilters, type FilterName } from './filters';
import { WatchDialogue, WatchList } from './WatchPanel';

export default function Traces() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [view, setView] = useTableView('traces', { sort: 'started_at', order: 'desc' });
  const filters = useMemo(() => readFilters(params), [params]);
  const asked = { ...asParams(filters), search: view.search };
  const list = useTraces({ ...asked, page: view.page, per_page: view.perPage });
  const [watching, setWatching] = useState(false);
  const columns = useMemo(() => traceColumns(t), [t]);

  const change = (names: readonly FilterName[], value: string) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete('page');
        for (const name of names) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );

  return (
    <PageFrame
      title={t('traces.title')}
      actions={
        <>
          <Button component="a" variant="default" href={`/api/trace-pcap${query(asked)}`} download>
            {t('traces.pcap')}
          </Button>
          <Button onClick={() => setWatching(true)}>{t('traces.watch')}</Button>
        </>
      }
    >
      <WatchList />
      <FilterBar filters={filters} onFilter={(name, value) => change([name], value)} onClear={() => change(FILTER_NAMES, '')} />
      <DataTable
        id="traces"
        label={t('traces.title')}
        columns={columns}
        data={{
          rows: list.data?.items ?? [],
          first: list.data ? (list.data.page - 1) * list.data.per_page + 1 : 1,
          total: list.data?.total ?? 0,
          loading: list.isPending,
          error: list.isError ? list.error : null,
          retry: () => void list.refetch(),
        }}
        view={view}
        onView={setView}
        rowId={(trace) => trace.call_id}
        empty={t('traces.none')}
        onOpen={(trace) => navigate(traceAddress(trace.call_id))}
        pickedActions={(traces) => (
          <Button component="a" variant="default" href={pcapUrl(traces.map(({ call_id }) => call_id))} download>
            {t('traces.pcapPicked', { count: traces.length })}
          </Button>
        )}
      />
      {watching && <WatchDialogue onClose={() => setWatching(false)} />}
    </PageFrame>
  );
}
