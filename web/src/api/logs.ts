// The log of the system: its lines, and what its components write.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';

export const LOG_LINES = ['logs', 'lines'];

export interface LogLine {
  position: string;
  at: string;
  level: string;
  component: string;
  text: string;
}

export interface LogComponent {
  name: string;
  about: string;
  level: string;
}

export interface Logs {
  components: LogComponent[];
  levels: string[];
  files: { name: string; bytes: number; current: boolean }[];
  lost: number;
}

interface LinePage {
  items: LogLine[];
  before: string | null;
}

export interface LogFilters {
  component?: string;
  level?: string;
  search?: string;
}

const PAGE_LINES = 200;
/** The server tells of new lines only while somebody reads. */
const STILL_READING_MS = 20_000;

/** Newest first, older ones page by page. While following, the server says when there is more. */
export function useLogLines(filters: LogFilters, following: boolean) {
  return useInfiniteQuery({
    queryKey: [...LOG_LINES, following ? 'follow' : 'still', filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<LinePage>(`logs/lines${query({ ...filters, limit: PAGE_LINES, before: pageParam })}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.before ?? undefined,
    staleTime: Infinity,
    refetchInterval: following ? STILL_READING_MS : false,
  });
}

const LOGS = ['logs', 'levels'];

export function useLogs() {
  return useQuery({ queryKey: LOGS, queryFn: ({ signal }) => api.get<Logs>('logs', signal) });
}

export function useSetLogLevel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ component, level }: { component: string; level: string }) => api.patch<Logs>('logs', { levels: { [component]: level } }),
    onSuccess: (logs) => client.setQueryData(LOGS, logs),
  });
}
