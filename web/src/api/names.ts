// Turns the ids in references into something a person can read.
import { useQueries } from '@tanstack/react-query';
import { useList } from './collections';
import { api } from './client';
import { COLLECTION_OF, type Collection, type Line, type Phone, type TimeFrame, type User, type UserGroup } from './types';

const FIRST_PAGE = 200;

export function userName(user: Pick<User, 'first_name' | 'last_name' | 'login'>): string {
  return `${user.last_name}, ${user.first_name}`.replace(/^, |, $/, '') || user.login;
}

export function displayName(entity: string, item: unknown): string {
  if (entity === 'user') return userName(item as User);
  if (entity === 'time_frame') return (item as TimeFrame).name;
  if (entity === 'phone' || entity === 'line' || entity === 'group' || entity === 'device_type' || entity === 'provider' || entity === 'site' || entity === 'music_loop' || entity === 'mailbox' || entity === 'conference_room' || entity === 'announcement') return (item as Phone | Line | UserGroup).name;
  return String((item as { number?: string }).number ?? (item as { id: number }).id);
}

/** All users or phones with these ids. One list answers for small systems, single requests for the rest. */
export function useByIds<T extends { id: number }>(entity: 'user' | 'phone', ids: number[]): Map<number, T> {
  const collection = COLLECTION_OF[entity] as Collection;
  const wanted = [...new Set(ids)];
  const first = useList<T>(collection, { per_page: FIRST_PAGE, page: 1 }, wanted.length > 0);
  const found = new Map((first.data?.items ?? []).map((item) => [item.id, item]));
  const missing = first.data ? wanted.filter((id) => !found.has(id)) : [];
  const singles = useQueries({
    queries: missing.map((id) => ({
      queryKey: [collection, 'item', id],
      queryFn: () => api.get<T>(`${collection}/${id}`),
      retry: false,
    })),
  });
  for (const single of singles) if (single.data) found.set(single.data.id, single.data);
  return found;
}
