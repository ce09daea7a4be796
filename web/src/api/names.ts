// Turns the ids in references into something a person can read.
import { useQueries } from '@tanstack/react-query';
import { useList } from './collections';
import { api } from './client';
import { COLLECTION_OF, type Collection, type User } from './types';

const FIRST_PAGE = 200;

export function userName(user: Pick<User, 'first_name' | 'last_name' | 'login'>): string {
  return `${user.last_name}, ${user.first_name}`.replace(/^, |, $/, '') || user.login;
}

/** What people call a row: its name, where it has one, else its number. */
export function displayName(entity: string, item: { id: number }): string {
  if (entity === 'user') return userName(item as User);
  const { name, number } = item as { name?: string; number?: string };
  return name ?? number ?? String(item.id);
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
