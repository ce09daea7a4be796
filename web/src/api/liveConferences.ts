// Conferences that run: who is in, and what their moderators do.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from './client';
import type { components } from './schema';

export type LiveConference = components['schemas']['live_conference'];
export type LiveMember = components['schemas']['live_conference_member'];

export const LIVE_CONFERENCES = ['live-conferences'];

interface Items<T> {
  items: T[];
}

/** Those that one may see. */
export function useLiveConferences() {
  return useQuery({
    queryKey: LIVE_CONFERENCES,
    queryFn: async ({ signal }) => (await api.get<Items<LiveConference>>('live-conferences', signal)).items,
    staleTime: Infinity,
  });
}

export function useConferenceCommands(id: number) {
  const path = `live-conferences/${id}`;
  return {
    change: useMutation({ mutationFn: (what: { locked?: boolean; recording?: boolean }) => api.patch(path, what) }),
    end: useMutation({ mutationFn: () => api.remove(path) }),
    invite: useMutation({ mutationFn: (number: string) => api.post(`${path}/invite`, { number }) }),
  };
}

export function useMemberCommands(id: number) {
  const path = `live-conference-members/${id}`;
  return {
    change: useMutation({ mutationFn: (what: { silenced?: boolean; listening?: number; speaking?: number }) => api.patch(path, what) }),
    remove: useMutation({ mutationFn: () => api.remove(path) }),
  };
}
