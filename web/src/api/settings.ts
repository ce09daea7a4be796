// The settings of the whole system: the page of settings shows all, others some of them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import type { Settings } from './types';
import { change } from './write';

export function useSettings() {
  return useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => api.get<Settings>('settings', signal) });
}

export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ values, before }: Record<'values' | 'before', Record<string, unknown>>) => change<Settings>('settings', values, before),
    onSuccess: (saved) => {
      client.setQueryData(['settings'], saved);
      return client.invalidateQueries({ queryKey: ['status'] });
    },
  });
}
