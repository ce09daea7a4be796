// Planned conferences: one's own, or everybody's for administrators.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { useItem, useList, useRemove, useSave } from './collections';
import { invalidateEntity } from './related';
import type { Collection, Conference, ConferenceParticipant } from './types';

export type ConferencesOf = 'own' | 'all';

export interface ConferenceDate {
  conference: number;
  name: string;
  begins_at: string;
  ends_at: string;
  /** When it would begin, were it not moved. */
  original_at: string;
  /** Of what others plan: as who one is invited. */
  participant: number | null;
}

export interface Invitee {
  id: number;
  first_name: string;
  last_name: string;
}

export interface Invitation {
  name: string;
  owner_name: string;
  begins_at: string;
  ends_at: string;
  message: string;
  numbers: string;
  participant_name: string;
  moderator: boolean;
  pin: string;
  participants: string[];
}

/** Of a user, to what another one plans. */
export interface OwnInvitation extends Invitation {
  id: number;
  conference: number;
  time_zone: string;
  repeat: string;
  every: number;
  repeat_until: string;
}

const conferencesOf = (whose: ConferencesOf): Collection => (whose === 'own' ? 'me/conferences' : 'conferences');
const participantsOf = (whose: ConferencesOf): Collection => (whose === 'own' ? 'me/conference-participants' : 'conference-participants');

/** Where the pages of these are. */
export const pathOf = (whose: ConferencesOf) => (whose === 'own' ? '/conferences' : '/all-conferences');

export const invitationPath = (participant: number) => `/conferences/invitations/${participant}`;

export function useConferences(whose: ConferencesOf) {
  return useList<Conference>(conferencesOf(whose), { per_page: 1000, sort: 'next_from' });
}

export function useConference(whose: ConferencesOf, id: number | null) {
  return useItem<Conference>(conferencesOf(whose), id);
}

export function useConferenceStore(whose: ConferencesOf) {
  return { save: useSave<Conference>(conferencesOf(whose)), remove: useRemove(conferencesOf(whose)) };
}

export function useConferenceDates(whose: ConferencesOf, from: Date, to: Date) {
  const path = whose === 'own' ? 'me/conference-dates' : 'conference-dates';
  const params = { from: from.toISOString(), to: to.toISOString() };
  return useQuery({
    queryKey: [path, params],
    queryFn: ({ signal }) => api.get<{ items: ConferenceDate[] }>(path + query(params), signal),
  });
}

export function useParticipants(whose: ConferencesOf, conference: number) {
  const collection = participantsOf(whose);
  const list = useList<ConferenceParticipant>(collection, { conference, per_page: 200, sort: 'id' });
  return { participants: list.data?.items, error: list.error, save: useSave<ConferenceParticipant>(collection), remove: useRemove(collection) };
}

export function useInvitees(whose: ConferencesOf, search: string) {
  const path = whose === 'own' ? 'me/conference-people' : 'users';
  return useQuery({
    queryKey: [path, 'invitees', search],
    queryFn: ({ signal }) => api.get<{ items: Invitee[] }>(path + query({ search, per_page: whose === 'own' ? undefined : 20 }), signal),
  });
}

/** What the link of a mail shows to who has no account. */
export function useInvitation(token: string) {
  return useQuery({
    queryKey: ['conference-invitation', token],
    queryFn: () => api.post<Invitation>('conference-invitation', { token }),
    retry: false,
    staleTime: Infinity,
  });
}

/** What others plan, the next first. */
export function useOwnInvitations() {
  return useQuery({
    queryKey: ['me/invitations'],
    queryFn: async ({ signal }) => {
      const { items } = await api.get<{ items: OwnInvitation[] }>('me/invitations', signal);
      return items.sort((a, b) => a.begins_at.localeCompare(b.begins_at));
    },
  });
}

/** One's own telephones ring. */
export function useJoin() {
  return useMutation({ mutationFn: (id: number) => api.post(`me/invitations/${id}/join`, {}) });
}

/** One date of a series: null = it is cancelled, undefined = as the series says, else when it begins. */
export function useChangeDate(whose: ConferencesOf, conference: Conference) {
  const client = useQueryClient();
  const { save } = useConferenceStore(whose);
  return useMutation({
    mutationFn: ({ original, to }: { original: string; to?: string | null }) => {
      const others = changedDates(conference).filter((one) => Date.parse(one.original) !== Date.parse(original));
      const all = to === undefined ? others : [...others, { original, to }];
      const changed_dates = all.map((one) => `${one.original} ${one.to ?? 'off'}`).join('; ');
      return save.mutateAsync({ id: conference.id, values: { changed_dates }, before: { changed_dates: conference.changed_dates } });
    },
    onSettled: () => invalidateEntity(client, 'conference'),
  });
}

export interface ChangedDate {
  original: string;
  to: string | null;
}

export function changedDates({ changed_dates }: Pick<Conference, 'changed_dates'>): ChangedDate[] {
  return changed_dates.split(';').flatMap((part) => {
    const [original, to] = part.trim().split(' ');
    return original && to ? [{ original, to: to === 'off' ? null : to }] : [];
  });
}
