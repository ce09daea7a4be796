// Call completion: for whom one is called back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { invalidateEntity } from './related';
import type { components } from './schema';

export type Completion = components['schemas']['call_completion'];

interface Items<T> {
  items: T[];
}

const OWN = 'me/call-completions';

export function useCompletions() {
  return useQuery({ queryKey: [OWN], queryFn: async ({ signal }) => (await api.get<Items<Completion>>(OWN, signal)).items });
}

interface Wanted {
  number: string;
  no_answer: boolean;
}

export function useComplete() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (wanted: Wanted) => api.post(OWN, wanted), onSettled: () => invalidateEntity(client, 'call_completion') });
}

export function useCancelCompletion() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (id: number) => api.remove(`${OWN}/${id}`), onSettled: () => invalidateEntity(client, 'call_completion') });
}
