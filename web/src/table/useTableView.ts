// What the reader has chosen: search, sort, page and letter live in the address, so that back and
// links work; the number of rows is remembered by the browser.
import { useLocalStorage } from '@mantine/hooks';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { TableView } from './types';

export const PER_PAGE_CHOICES = [10, 25, 50, 100];

interface Defaults {
  sort: string;
  order?: 'asc' | 'desc';
}

export function useTableView(id: string, defaults: Defaults): [TableView, (change: Partial<TableView>) => void] {
  const [params, setParams] = useSearchParams();
  const [perPage, setPerPage] = useLocalStorage({ key: `strowger.table.${id}.rows`, defaultValue: 25, getInitialValueInEffect: false });
  const { sort, order = 'asc' } = defaults;

  const view = useMemo<TableView>(
    () => ({
      search: params.get('search') ?? '',
      sort: params.get('sort') ?? sort,
      order: (params.get('order') ?? order) === 'desc' ? 'desc' : 'asc',
      page: Math.max(1, Number(params.get('page')) || 1),
      letter: params.get('letter') ?? '',
      perPage,
    }),
    [params, perPage, sort, order],
  );

  const change = useCallback(
    ({ perPage: rows, ...rest }: Partial<TableView>) => {
      if (rows !== undefined) setPerPage(rows);
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (!('page' in rest)) next.delete('page'); // another question starts at its first page
          for (const [key, value] of Object.entries(rest)) {
            if (value) next.set(key, String(value));
            else next.delete(key);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParams, setPerPage],
  );
  return [view, change];
}
