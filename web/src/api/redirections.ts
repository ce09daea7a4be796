// Where calls to numbers go instead: of a user or a group for administrators, else one's own.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { useList } from './collections';
import { invalidateEntity } from './related';
import { useRights } from './session';
import type { Collection, ListParams, Mailbox, Page, PhoneNumber, Redirection } from './types';

export type Trigger = Redirection['trigger'];
export const TRIGGERS: Trigger[] = ['always', 'busy', 'timeout'];

/** Whose numbers. */
export type Redirected = { user: number } | { group: number } | 'own';

/** What of a redirection is changed on the page. */
export type RedirectionValues = Partial<Pick<Redirection, 'enabled' | 'target' | 'after_s' | 'kind' | 'mailbox'>>;

const MANY: ListParams = { per_page: 1000 };

function listOf(whose: Redirected): { collection: Collection; params: ListParams } {
  return whose === 'own' ? { collection: 'me/redirections', params: MANY } : { collection: 'redirections', params: { ...MANY, ...whose } };
}

export function useRedirections(whose: Redirected) {
  const own = whose === 'own';
  const { collection, params } = listOf(whose);
  const numbers = useList<PhoneNumber>(own ? 'me/numbers' : 'numbers', { ...params, sort: 'number' });
  const redirections = useList<Redirection>(collection, params);
  return {
    numbers: numbers.data?.items,
    redirections: redirections.data?.items,
    error: numbers.error ?? redirections.error,
  };
}

/** Mailboxes that calls can go to. */
export function useMailboxTargets(whose: Redirected) {
  const own = whose === 'own';
  const may = useRights().has(own ? 'voice' : 'admin');
  return useList<Mailbox>(own ? 'me/mailboxes' : 'mailboxes', { ...MANY, sort: 'name' }, may).data?.items ?? [];
}

/** Changes the redirection of a number, or makes it when there is none yet. One after the other: what the last one has
 *  made is there for the next. */
export function useRedirect(whose: Redirected, number: number, trigger: Trigger) {
  const client = useQueryClient();
  const { collection, params } = listOf(whose);
  return useMutation({
    scope: { id: `${collection} ${number} ${trigger}` },
    mutationFn: (values: RedirectionValues) => {
      const known = client.getQueryData<Page<Redirection>>([collection, 'list', params])?.items ?? [];
      const stored = known.find((one) => one.number === number && one.trigger === trigger);
      return stored
        ? api.patch<Redirection>(`${collection}/${stored.id}`, values)
        : api.post<Redirection>(collection, { enabled: false, ...values, number, trigger });
    },
    onSettled: () => invalidateEntity(client, 'redirection'),
  });
}
