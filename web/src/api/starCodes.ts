// Star codes: those in force, the sets of them that there are, and what is wrong with a change.
import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { ApiError } from './error';
import type { components } from './schema';

export type StarCode = components['schemas']['star_code'];
/** Of a set. */
export type CodeSet = 'standard' | 'freepbx';

export function useStarCodes() {
  return useQuery({ queryKey: ['me/star-codes'], queryFn: async ({ signal }) => (await api.get<{ items: StarCode[] }>('me/star-codes', signal)).items });
}

/** By field, what the server would say to these values; as they are typed. */
export function useCodeFaults(values: Record<string, string>) {
  return useQuery({
    queryKey: ['star-codes', 'check', values],
    queryFn: async (): Promise<Record<string, string>> => {
      try {
        await api.post('star-codes/check', values);
        return {};
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 422) throw error;
        return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
      }
    },
    enabled: Object.keys(values).length > 0,
    placeholderData: (before: Record<string, string> | undefined) => before,
  });
}
