// One's own account and its safety.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { invalidateEntity } from './related';
import { checkSession } from './session';
import type { Token, User } from './types';

const SECOND_FACTOR = ['me/second-factor'];

export interface SecondFactor {
  second_factor: boolean;
  recovery_codes: number;
}

export interface AccountSecurity extends SecondFactor {
  failures: number;
  locked_s: number;
}

export function useChangeMe() {
  return useMutation({ mutationFn: (values: Partial<User>) => api.patch<User>('me', values), onSuccess: checkSession });
}

export function useSecondFactor() {
  return useQuery({ queryKey: SECOND_FACTOR, queryFn: ({ signal }) => api.get<SecondFactor>('me/second-factor', signal) });
}

export function useBeginSecondFactor() {
  return useMutation({ mutationFn: () => api.post<{ secret: string; uri: string }>('me/second-factor', {}) });
}

export function useConfirmSecondFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => api.post<{ recovery_codes: string[] }>('me/second-factor/confirm', { code }),
    onSuccess: () => client.invalidateQueries({ queryKey: SECOND_FACTOR }),
  });
}

export function useRemoveSecondFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => api.remove('me/second-factor', { password }),
    onSuccess: () => client.invalidateQueries({ queryKey: SECOND_FACTOR }),
  });
}

export interface NewToken {
  name: string;
  rights: string[];
  expires_at: string | null;
}

export function useMakeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: NewToken) => api.post<Token & { token: string }>('me/tokens', values),
    onSuccess: () => invalidateEntity(client, 'token'),
  });
}

/** Ends what a path names: a session, a token, all of them. */
export function useEnd(entity: 'session' | 'token') {
  const client = useQueryClient();
  return useMutation({ mutationFn: (path: string) => api.remove(path), onSettled: () => invalidateEntity(client, entity) });
}

/** Of another account; for administrators. */
export function useAccountSecurity(id: number) {
  return useQuery({
    queryKey: ['users', 'security', id],
    queryFn: ({ signal }) => api.get<AccountSecurity>(`users/${id}/security`, signal),
  });
}

export function useAccountRescue(id: number) {
  const client = useQueryClient();
  const done = () => client.invalidateQueries({ queryKey: ['users', 'security', id] });
  const unlock = useMutation({ mutationFn: () => api.post(`users/${id}/unlock`), onSettled: done });
  const removeFactor = useMutation({ mutationFn: () => api.remove(`users/${id}/second-factor`), onSettled: done });
  return { unlock, removeFactor };
}
