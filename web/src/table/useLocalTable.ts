// Rows that are all here already (live lists): searched, sorted and paged in the browser.
import { useMemo } from 'react';
import type { TableData, TableView } from './types';

type Keys<T> = Record<string, (row: T) => string | number>;

interface Source<T> {
  data: T[] | undefined;
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

function compare(a: string | number, b: string | number) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function useLocalTable<T>(source: Source<T>, view: TableView, keys: Keys<T>): TableData<T> {
  const { data } = source;
  const { search, sort, order, page, perPage } = view;
  const found = useMemo(() => {
    const wanted = search.toLowerCase();
    const rows = (data ?? []).filter((row) =>
      Object.values(keys).some((key) => String(key(row)).toLowerCase().includes(wanted)),
    );
    const key = keys[sort];
    if (key) rows.sort((a, b) => compare(key(a), key(b)) * (order === 'desc' ? -1 : 1));
    return rows;
  }, [data, search, sort, order, keys]);
  return {
    rows: found.slice((page - 1) * perPage, page * perPage),
    first: (page - 1) * perPage + 1,
    total: found.length,
    loading: source.isPending,
    error: source.isError ? source.error : null,
    retry: () => void source.refetch(),
  };
}
