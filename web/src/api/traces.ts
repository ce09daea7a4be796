// Stored SIP traces: search, one conversation as it grows, phones that are watched.
import { keepPreviousData, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import type { ListParams, Page, Trace, TraceSummary, TraceWatch } from './types';

const FOLLOW_MS = 1000;
const LIST_MS = 3000; // messages come in thousands: the list is asked for, not told
/** Looks so often after a call has ended: its last messages come a moment later. */
const LAST_LOOKS = 3;

export function useTraces(params: ListParams) {
  return useQuery({
    queryKey: ['traces', 'list', params],
    queryFn: ({ signal }) => api.get<Page<TraceSummary>>(`traces${query(params)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: LIST_MS,
  });
}

interface Followed extends Trace {
  looks: number;
}

/** Asks for what is new only. */
async function fetchMore(client: QueryClient, callId: string, signal: AbortSignal): Promise<Followed> {
  const old = client.getQueryData<Followed>(['traces', 'item', callId]);
  const after = old?.messages.length ?? 0;
  const fresh = await api.get<Trace>(`traces/${encodeURIComponent(callId)}${query({ after })}`, signal);
  const messages = old ? [...old.messages, ...fresh.messages] : fresh.messages;
  return { ...fresh, messages, looks: fresh.live ? LAST_LOOKS : (old?.looks ?? 1) - 1 };
}

export function useTrace(callId: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['traces', 'item', callId],
    queryFn: ({ signal }) => fetchMore(client, callId, signal),
    staleTime: 0,
    refetchInterval: ({ state }) => ((state.data?.looks ?? 0) > 0 ? FOLLOW_MS : false),
  });
}

const WATCHES = ['trace-watches'];

export function useTraceWatches() {
  return useQuery({
    queryKey: WATCHES,
    queryFn: async ({ signal }) => (await api.get<{ items: TraceWatch[] }>('trace-watches', signal)).items,
    refetchInterval: 30_000,
  });
}

export function useStartWatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (watch: { target: string; minutes: number }) => api.post('trace-watches', watch),
    onSettled: () => client.invalidateQueries({ queryKey: WATCHES }),
  });
}

export function useEndWatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (target: string) => api.remove(`trace-watches/${encodeURIComponent(target)}`),
    onSettled: () => client.invalidateQueries({ queryKey: WATCHES }),
  });
}

/** Address of a capture file: of named conversations, or of those a search finds. */
export const pcapUrl = (callIds: string[]) =>
  `/api/trace-pcap?${new URLSearchParams(callIds.map((id): [string, string] => ['call_id', id]))}`;
