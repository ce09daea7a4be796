// Function keys: one's own, with what they show now, and those of a user for administrators.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, query } from './client';
import { useDialPhone } from './manager';
import { invalidateEntity } from './related';
import type { components } from './schema';

export type OwnKey = components['schemas']['own_key'];
export type FunctionKey = components['schemas']['function_key'];
export type KeyType = FunctionKey['type'];
export type KeyTarget = components['schemas']['key_target'];
type Pressed = components['schemas']['key_pressed'];
export type KeyState = Pick<OwnKey, 'id' | 'state' | 'dnd' | 'remote_number' | 'remote_name'>;

export const OWN_KEYS = ['me/keys'];

/** Of whom keys are arranged; null: one's own. */
export type KeyOwner = number | null;

const ALL = 1000;

interface Items<T> {
  items: T[];
}

export function useOwnKeys(enabled = true) {
  return useQuery({
    queryKey: OWN_KEYS,
    queryFn: async ({ signal }) => (await api.get<Items<OwnKey>>('me/keys', signal)).items,
    staleTime: Infinity,
    enabled,
  });
}

const byPlace = (a: FunctionKey, b: FunctionKey) => a.column - b.column || a.position - b.position;

/** The keys to be arranged, in their order. */
export function useKeys(owner: KeyOwner) {
  const own = useOwnKeys(owner === null);
  const others = useQuery({
    queryKey: ['function-keys', 'of', owner],
    queryFn: async ({ signal }) => (await api.get<Items<FunctionKey>>(`function-keys${query({ user: owner ?? 0, per_page: ALL })}`, signal)).items.sort(byPlace),
    enabled: owner !== null,
  });
  return owner === null ? own : others;
}

const pathOf = (owner: KeyOwner) => (owner === null ? 'me/keys' : 'function-keys');

export interface KeyChange {
  id: number | null;
  values: Partial<FunctionKey>;
}

/** Several changes one after the other: each key makes room for the next. */
export function useWriteKeys(owner: KeyOwner) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (changes: KeyChange[]) => {
      for (const { id, values } of changes) {
        if (id !== null) await api.patch(`${pathOf(owner)}/${id}`, values);
        else await api.post(pathOf(owner), owner === null ? values : { ...values, user: owner });
      }
    },
    onSettled: () => invalidateEntity(client, 'function_key'),
  });
}

export function useRemoveKeys(owner: KeyOwner) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: number[]) => {
      for (const id of ids) await api.remove(`${pathOf(owner)}/${id}`);
    },
    onSettled: () => invalidateEntity(client, 'function_key'),
  });
}

interface Named {
  id: number;
  name?: string;
  first_name?: string;
  last_name?: string;
  numbers: string[];
}

interface Held {
  id: number;
  number: string;
}

/** What a key of theirs can redirect: their numbers, and those of their groups. */
async function numbersOf(owner: number, signal: AbortSignal): Promise<KeyTarget[]> {
  const members = (await api.get<Items<{ group: number }>>(`group-members${query({ user: owner, per_page: ALL })}`, signal)).items;
  const holders = [{ user: owner }, ...members.map(({ group }) => ({ group }))];
  const lists = await Promise.all(holders.map((holder) => api.get<Items<Held>>(`numbers${query({ ...holder, per_page: ALL })}`, signal)));
  return lists.flatMap(({ items }) => items.map(({ id, number }) => ({ kind: 'number' as const, id, name: number, number })));
}

async function targetsFor(owner: KeyOwner, search: string, signal: AbortSignal): Promise<KeyTarget[]> {
  if (owner === null) return (await api.get<Items<KeyTarget>>(`me/key-targets${query({ search })}`, signal)).items;
  const kinds = ['user', 'group'] as const;
  const lists = await Promise.all(kinds.map((kind) => api.get<Items<Named>>(`${kind}s${query({ search, per_page: 20 })}`, signal)));
  const numbers = await numbersOf(owner, signal);
  const named = lists.flatMap(({ items }, index) =>
    items.map(({ id, name, first_name = '', last_name = '', numbers }) => ({
      kind: kinds[index] ?? 'user',
      id,
      name: name ?? `${first_name} ${last_name}`,
      number: numbers[0] ?? null,
    })),
  );
  return [...named, ...numbers];
}

/** Users and groups that a key can show. */
export function useKeyTargets(owner: KeyOwner, search: string) {
  return useQuery({ queryKey: ['users', 'key-targets', owner, search], queryFn: ({ signal }) => targetsFor(owner, search, signal) });
}

export interface LabelSheet {
  model: string;
  name: string;
  keys: number;
}

/** Phones and add-ons for which there are paper labels. */
export function useLabelSheets() {
  return useQuery({ queryKey: ['me/label-sheets'], queryFn: async ({ signal }) => (await api.get<Items<LabelSheet>>('me/label-sheets', signal)).items, staleTime: Infinity });
}

/** Where the PDF is. */
export function labelsUrl(owner: KeyOwner, model: string): string {
  return `/api/${owner === null ? 'me' : `users/${owner}`}/keys/labels.pdf?model=${encodeURIComponent(model)}`;
}

export function usePressKey() {
  const [phone] = useDialPhone();
  return useMutation({ mutationFn: (id: number) => api.post<Pressed>(`me/keys/${id}/press`, phone === null ? {} : { phone }) });
}
