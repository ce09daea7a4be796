// The import of users: one at a time, in the server, whether or not a page watches.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { ApiError } from './error';
import type { components } from './schema';
import type { Page } from './types';

export type UserImport = components['schemas']['user_import'];
export type UserImportRow = components['schemas']['user_import_row'];

const KEY = 'user_import'; // as the live events call it
const POLL_MS = 2000; // events come more often; this is for when none do

export const isRunning = (state: UserImport['state']) => state === 'checking' || state === 'hashing' || state === 'writing';

/** null: there is none. */
export function useUserImport() {
  return useQuery({
    queryKey: [KEY, 'state'],
    queryFn: async ({ signal }) => {
      try {
        return await api.get<UserImport>('user-import', signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => (state.data && isRunning(state.data.state) ? POLL_MS : false),
  });
}

export function useUserImportRows(state: UserImport['state'], invalid: boolean, page: number, perPage: number) {
  return useQuery({
    queryKey: [KEY, 'rows', state, invalid, page, perPage],
    queryFn: ({ signal }) =>
      api.get<Page<UserImportRow>>(`user-import/rows${query({ invalid: invalid ? 1 : undefined, page, per_page: perPage })}`, signal),
    placeholderData: keepPreviousData,
  });
}

export function useUserImportSteps() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: [KEY] });
  return {
    check: useMutation({ mutationFn: (file: Blob) => api.sendTable<UserImport>('user-import', file), onSettled }),
    apply: useMutation({
      mutationFn: (how: { only_valid: boolean; mail: boolean }) => api.post<UserImport>('user-import/apply', how),
      onSettled,
    }),
    cancel: useMutation({ mutationFn: () => api.remove('user-import'), onSettled }),
  };
}
