// The test of a line: started here, then asked for as long as it runs.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { ApiError } from './error';
import type { LineTest } from './types';

const FOLLOW_MS = 400;

const keyOf = (line: number) => ['lines', 'test', line];

/** The last one; null: there was none since the system started. */
export function useLineTest(line: number) {
  return useQuery({
    queryKey: keyOf(line),
    queryFn: async ({ signal }) => {
      try {
        return await api.get<LineTest>(`lines/${line}/test`, signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.running ? FOLLOW_MS : false),
  });
}

export function useStartLineTest(line: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (number: string | null) => api.post<LineTest>(`lines/${line}/test`, { number }),
    onSuccess: (test) => client.setQueryData(keyOf(line), test),
  });
}
