// What the switch knows only while it runs: calls, registrations, status, traces.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, query } from './client';
import type { LiveCall, Registration, SipAccount, Trace } from './types';

export const CALLS = ['calls'];
export const REGISTRATIONS = ['registrations'];

interface Items<T> {
  items: T[];
}

export function useCalls() {
  return useQuery({
    queryKey: CALLS,
    queryFn: async ({ signal }) => (await api.get<Items<LiveCall>>('calls', signal)).items,
    staleTime: Infinity,
  });
}

export function useRegistrations() {
  return useQuery({
    queryKey: REGISTRATIONS,
    queryFn: async ({ signal }) => (await api.get<Items<Registration>>('registrations', signal)).items,
    staleTime: Infinity,
  });
}

export interface Status {
  version: string;
  started_at: string;
  uptime_s: number;
  memory_bytes: number;
  listening: { service: string; transport: string; address: string }[];
  restart_needed: boolean;
  restart_fields: string[];
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
  started_at: string;
  caller: string | null;
  called: string | null;
  messages: number;
  start_line: string;
}

export function useTraces(search: string) {
  return useQuery({
    queryKey: ['traces', 'list', search],
    queryFn: async ({ signal }) => (await api.get<Items<TraceSummary>>(`traces${query({ search })}`, signal)).items,
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
