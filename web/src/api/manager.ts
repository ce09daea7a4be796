// The call manager: what one does with one's own calls, at phones of one's own.
import { useLocalStorage } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, query } from './client';
import { useOwnCalls } from './runtime';
import type { components } from './schema';
import { useMe, useRights } from './session';
import type { CallParty, LiveCall } from './types';

interface Items<T> {
  items: T[];
}

export interface OwnPhone {
  id: number;
  name: string;
  registered: boolean;
}

export interface Person {
  first_name: string;
  last_name: string;
  number: string;
}

export function useOwnPhones() {
  return useQuery({ queryKey: ['phones', 'own'], queryFn: async ({ signal }) => (await api.get<Items<OwnPhone>>('me/phones', signal)).items });
}

/** Whom one can call, by a part of the name. */
export function usePeople(search: string) {
  return useQuery({
    queryKey: ['users', 'people', search],
    queryFn: async ({ signal }) => (await api.get<Items<Person>>(`me/people${query({ search })}`, signal)).items,
    enabled: search !== '',
  });
}

/** The phone one calls with in this browser; null: the first that is registered. */
export function useDialPhone() {
  return useLocalStorage<number | null>({ key: 'strowger.dial-phone', defaultValue: null });
}

export function useDial() {
  const [phone] = useDialPhone();
  return useMutation({ mutationFn: (number: string) => api.post('me/calls', phone === null ? { number } : { number, phone }) });
}

export type Command = 'answer' | 'hold' | 'resume' | 'transfer' | 'park' | 'to-go' | 'record' | 'end-recording' | 'hangup';

interface Order {
  call: LiveCall;
  command: Command;
  body?: Record<string, unknown>;
}

export function useCommand() {
  return useMutation({
    mutationFn: ({ call, command, body }: Order) => api.post(`me/calls/${encodeURIComponent(call.call_id)}/${command}`, body),
  });
}

export type Orbit = components['schemas']['orbit'];

/** Who waits at which place. */
export function useOrbits() {
  return useQuery({ queryKey: ['me/orbits'], queryFn: async ({ signal }) => (await api.get<Items<Orbit>>('me/orbits', signal)).items });
}

export function useFetchOrbit() {
  const [phone] = useDialPhone();
  return useMutation({ mutationFn: (orbit: string) => api.post('me/orbits/fetch', phone === null ? { orbit } : { orbit, phone }) });
}

/** Whether it is a call to me, and who is at the other end. */
export function seenBy(call: LiveCall, me: number | undefined): { incoming: boolean; other: CallParty } {
  const incoming = call.caller.user !== me;
  return { incoming, other: incoming ? call.caller : call.called };
}

/** Calls that ring for me. */
export function useRinging(): LiveCall[] {
  const me = useMe()?.id;
  const calls = useOwnCalls(useRights().has('callman'));
  return (calls.data ?? []).filter((call) => !call.answered_at && seenBy(call, me).incoming);
}

/** Who calls now, in few words; empty: nobody. */
export function useCalling(): string {
  const first = useRinging()[0];
  return first ? first.caller.name || first.caller.number : '';
}
