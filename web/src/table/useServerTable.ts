// Rows that the server searches, sorts and pages.
import { useList } from '../api/collections';
import type { Collection, ListParams } from '../api/types';
import type { TableData, TableView } from './types';

export function useServerTable<T>(collection: Collection, view: TableView, filters: ListParams = {}): TableData<T> {
  const params = { search: view.search, letter: view.letter, ...filters };
  const list = useList<T>(collection, {
    ...params,
    sort: view.sort,
    order: view.order,
    page: view.page,
    per_page: view.perPage,
  });
  return {
    rows: list.data?.items ?? [],
    first: list.data ? (list.data.page - 1) * list.data.per_page + 1 : 1,
    total: list.data?.total ?? 0,
    loading: list.isPending,
    error: list.isError ? list.error : null,
    retry: () => void list.refetch(),
    params,
  };
}
