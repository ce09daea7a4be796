// Who is logged in. The answer null means: nobody.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, setCsrfToken } from './client';
import { ApiError } from './error';
import { queryClient } from './queryClient';
import type { Health, Session, SetupChoices } from './types';

const SESSION = ['session'];
const HEALTH = ['health'];

export function useHealth() {
  return useQuery({ queryKey: HEALTH, queryFn: ({ signal }) => api.get<Health>('health', signal), retry: 10 });
}

async function fetchSession(signal?: AbortSignal): Promise<Session | null> {
  try {
    const session = await api.get<Session>('session', signal);
    setCsrfToken(session.csrf);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Until the first start is over there is nothing to ask for. */
export function useSession() {
  const { data: health } = useHealth();
  return useQuery({
    queryKey: SESSION,
    queryFn: ({ signal }) => fetchSession(signal),
    staleTime: Infinity,
    enabled: health?.setup_needed === false,
  });
}

export function useMe() {
  return useSession().data?.user ?? null;
}

export function isMe(id: number): boolean {
  return queryClient.getQueryData<Session | null>(SESSION)?.user.id === id;
}

/** What one may, admin included. */
export function useRights(): ReadonlySet<string> {
  const me = useMe();
  const names = me ? [...me.rights, ...(me.admin ? ['admin'] : [])].join(' ') : '';
  return useMemo(() => new Set(names.split(' ').filter(Boolean)), [names]);
}

/** The server is about to give a new session in place of ours: until its answer is here, what it says of the old one means nothing. */
let exchange: Promise<unknown> | null = null;

/** Asks who is logged in now; what the page shows follows. Without an answer everything stays as it is. */
export async function checkSession() {
  await exchange?.catch(() => undefined);
  try {
    const session = await fetchSession();
    if (session) queryClient.setQueryData(SESSION, session);
    else forgetSession();
  } catch {
    // no connection: the page goes on trying
  }
}

function enter(session: Session) {
  setCsrfToken(session.csrf);
  queryClient.setQueryData(SESSION, session);
}

/** Forgets everything that belonged to the session, so that the next person starts clean. */
export function forgetSession() {
  setCsrfToken('');
  queryClient.setQueryData(SESSION, null);
  queryClient.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' && q.queryKey[0] !== 'health' });
}

export interface Credentials {
  login: string;
  password: string;
  code?: string;
}

export function useLogin() {
  return useMutation({ mutationFn: (body: Credentials) => api.post<Session>('session', body), onSuccess: enter });
}

/** The server gives a new session, and ends all others. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { old_password: string; password: string }) => {
      const answer = api.post<Session>('me/password', body);
      exchange = answer;
      return answer;
    },
    onSuccess: enter,
    onSettled: () => {
      exchange = null;
    },
  });
}

export function useLogout() {
  return useMutation({ mutationFn: () => api.remove('session'), onSettled: forgetSession });
}

/** Before there is anybody: the providers that a first line can follow. */
export function useSetupChoices() {
  return useQuery({ queryKey: ['setup'], queryFn: ({ signal }) => api.get<SetupChoices>('setup', signal), staleTime: Infinity });
}

export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Record<string, unknown>) => api.post<Session>('setup', body),
    onSuccess: (session) => {
      enter(session);
      client.setQueryData(HEALTH, (old: Health | undefined) => old && { ...old, setup_needed: false });
    },
  });
}
