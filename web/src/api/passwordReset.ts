// A forgotten password: asking for a mail, and what its link is for.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from './client';

export function useResetOffered(): boolean {
  const { data } = useQuery({
    queryKey: ['session', 'password-reset'],
    queryFn: ({ signal }) => api.get<{ offered: boolean }>('password-reset', signal),
  });
  return data?.offered ?? false;
}

export function useAskForReset() {
  return useMutation({ mutationFn: (account: string) => api.post('password-reset', { account }) });
}

export function useResetPassword() {
  return useMutation({ mutationFn: (body: { token: string; password: string }) => api.post('password-reset/use', body) });
}
