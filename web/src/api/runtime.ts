// What the switch knows only while it runs: calls, registrations, lines, status.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from './client';
import { useMe } from './session';
import type { LineState, LiveCall, Registration, SipAccount, Subscription } from './types';

export const CALLS = ['calls'];
export const OWN_CALLS = ['me/calls'];
export const REGISTRATIONS = ['registrations'];
export const LINE_STATES = ['lines', 'status'];
export const PROGRESS = ['progress'];

/** Of what we have asked for. */
export interface Progress {
  collection: string;
  done: number;
  total: number;
}

/** How many of so many rows are done of what we have asked the server for. */
export function useProgress(collection: string, total: number): number {
  const { data } = useQuery<Progress | null>({ queryKey: PROGRESS, queryFn: () => null, enabled: false, initialData: null });
  return data?.collection === collection && data.total <= total ? data.done : 0;
}

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

/** Calls of the person who is logged in. An administrator is told of all calls: the others are left out. */
export function useOwnCalls(enabled = true) {
  const me = useMe()?.id;
  return useQuery({
    queryKey: OWN_CALLS,
    queryFn: async ({ signal }) => (await api.get<Items<LiveCall>>('me/calls', signal)).items,
    select: (calls) => calls.filter(({ caller, called }) => caller.user === me || called.user === me),
    staleTime: Infinity,
    enabled,
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

interface Disk {
  state?: 'ok' | 'low' | 'full';
  free_bytes: number;
}

export function useDisk() {
  return useQuery({
    queryKey: ['disk'],
    queryFn: ({ signal }) => api.get<Disk>('disk', signal),
    refetchInterval: 30_000,
  });
}

export function useHangUp() {
  return useMutation({ mutationFn: (callId: string) => api.post(`calls/${encodeURIComponent(callId)}/hangup`) });
}

export function useLineStates() {
  return useQuery({
    queryKey: LINE_STATES,
    queryFn: async ({ signal }) => (await api.get<Items<LineState>>('lines/status', signal)).items,
    staleTime: Infinity,
  });
}

export function useSubscriptions() {
  return useQuery({
    queryKey: ['subscriptions'],
    queryFn: async ({ signal }) => (await api.get<Items<Subscription>>('subscriptions', signal)).items,
    refetchInterval: 5000,
  });
}

export function useSipAccount(phoneId: number) {
  return useQuery({
    queryKey: ['phones', 'sip-account', phoneId],
    queryFn: ({ signal }) => api.get<SipAccount>(`phones/${phoneId}/sip-account`, signal),
  });
}
