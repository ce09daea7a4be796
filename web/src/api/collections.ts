// Reading and writing the entities. Query keys: [collection, 'list', params] and [collection, 'item', id].
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { change, changeSeveral, removeAll, removeFound, revertAll, type BulkChange, type BulkResult, type Those } from './write';
import { invalidateEntity } from './related';
import { ENTITY_OF, type Collection, type ListParams, type Page, type Found } from './types';

export function useList<T>(collection: Collection, params: ListParams, enabled = true) {
  return useQuery({
    queryKey: [collection, 'list', params],
    queryFn: ({ signal }) => api.get<Page<T>>(collection + query(params), signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useItem<T>(collection: Collection, id: number | null) {
  return useQuery({
    queryKey: [collection, 'item', id],
    queryFn: ({ signal }) => api.get<T>(`${collection}/${id}`, signal),
    enabled: id !== null,
  });
}

/** Creates when the item has no id yet, else changes the given fields. */
export function useSave<T extends { id: number }>(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, values, before }: { id: number | null; values: Partial<T>; before?: Record<string, unknown> }) =>
      id === null ? api.post<T>(collection, values) : change<T>(`${collection}/${id}`, values, before),
    onSuccess: (item) => {
      client.setQueryData([collection, 'item', item.id], item);
      return invalidateEntity(client, ENTITY_OF[collection]);
    },
  });
}

export function useRemove(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: number[]) => {
      for (const id of ids) await api.remove(`${collection}/${id}`);
    },
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}

/** Resolves also when not all could be removed: with the changes that undo it, and the fault. */
export function useUndoableRemove(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: number[]) => removeAll(collection, ids),
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}

/** Changes several, all or none. */
export function useBulk(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ those, change }: { those: Those; change: BulkChange }) => changeSeveral(collection, those, change),
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}

/** Deletes all that are found, or none. */
export function useRemoveFound(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (found: Found) => removeFound(collection, found),
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}

/** Creates several, all or none. */
export function useCreateSeveral<T>(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rows: Partial<T>[]) => api.post<BulkResult>(`${collection}/several`, { rows }),
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}

/** Brings back what was removed or changed. */
export function useRevert(collection: Collection) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: revertAll,
    onSettled: () => invalidateEntity(client, ENTITY_OF[collection]),
  });
}
