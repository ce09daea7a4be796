// What the switch knows only while it runs: calls, registrations, status, traces.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, query } from './client';
import type { LiveCall, Registration, SipAccount, Trace } from './types';

export const CALLS = ['calls'];
export const REGISTRATIONS = ['registrations'];

/** Some lists come bare, some in a page envelope. */
function itemsOf<T>(body: T[] | { items?: T[] }): T[] {
  return Array.isArray(body) ? body : (body.items ?? []);
}

export function useCalls() {
  return useQuery({
    queryKey: CALLS,
    queryFn: async ({ signal }) => itemsOf(await api.get<LiveCall[] | { items: LiveCall[] }>('calls', signal)),
    staleTime: Infinity,
  });
}

export function useRegistrations() {
  return useQuery({
    queryKey: REGISTRATIONS,
    queryFn: async ({ signal }) =>
      itemsOf(await api.get<Registration[] | { items: Registration[] }>('registrations', signal)),
    staleTime: Infinity,
  });
}

export interface Status {
  version?: string;
  uptime_s?: number;
  restart_needed?: boolean;
  [detail: string]: unknown;
}

export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => api.get<Status>('status', signal),
    refetchInterval: 15_000,
  });
}

export function useHangUp() {
  return useMutation({ mutationFn: (callId: string) => api.post(`calls/${encodeURIComponent(callId)}/hangup`) });
}

export interface TraceSummary {
  call_id: string;
  started_at?: string;
  at?: string;
  caller?: string;
  called?: string;
  messages?: number;
  [detail: string]: unknown;
}

export function useTraces(search: string) {
  return useQuery({
    queryKey: ['traces', 'list', search],
    queryFn: async ({ signal }) =>
      itemsOf(await api.get<TraceSummary[] | { items: TraceSummary[] }>(`traces${query({ search })}`, signal)),
    staleTime: 0,
  });
}

export function useTrace(callId: string) {
  return useQuery({
    queryKey: ['traces', 'item', callId],
    queryFn: ({ signal }) => api.get<Trace>(`traces/${encodeURIComponent(callId)}`, signal),
    staleTime: 0,
  });
}

export function useSipAccount(phoneId: number) {
  return useQuery({
    queryKey: ['phones', 'sip-account', phoneId],
    queryFn: ({ signal }) => api.get<SipAccount>(`phones/${phoneId}/sip-account`, signal),
  });
}
