// Messages in the mailboxes that are open to oneself, and these mailboxes.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { useList } from './collections';
import { invalidateEntity } from './related';
import { useRights } from './session';
import type { Mailbox, Voicemail } from './types';

export const voicemailAudio = ({ id }: Voicemail, download = false) => `/api/me/voicemails/${id}/audio${download ? '?download=1' : ''}`;

const MANY = { sort: 'name', per_page: 1000 };

export function useOwnMailboxes() {
  return useList<Mailbox>('me/mailboxes', MANY, useRights().has('voice')).data?.items ?? [];
}

/** How many nobody has listened to. */
export function useNewMessages(): number {
  return useList<Voicemail>('me/voicemails', { state: 'new', page: 1, per_page: 1 }, useRights().has('voice')).data?.total ?? 0;
}

export type Wish = { to: 'new' | 'old' | 'saved' } | { to: 'deleted' } | { forward: number };

/** Marks a message, deletes it (a deleted one for good), or puts it into another mailbox, too. */
export function useVoicemail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, wish }: { id: number; wish: Wish }): Promise<unknown> => {
      if ('forward' in wish) return api.post(`me/voicemails/${id}/forward`, { mailbox: wish.forward });
      if (wish.to === 'deleted') return api.remove(`me/voicemails/${id}`);
      return api.patch<Voicemail>(`me/voicemails/${id}`, { state: wish.to });
    },
    onSettled: () => invalidateEntity(client, 'voicemail'),
  });
}

export function useChangeOwnMailbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, values }: { id: number; values: Partial<Mailbox> }) => api.patch<Mailbox>(`me/mailboxes/${id}`, values),
    onSettled: () => invalidateEntity(client, 'mailbox'),
  });
}
