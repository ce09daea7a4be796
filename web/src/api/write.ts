// Writes that neither overwrite what somebody else has written meanwhile, nor are lost for good.
import { api, ask, query, request } from './client';
import type { Found } from './types';
import { ApiError, ConflictError } from './error';

type Values = Record<string, unknown>;

const TRIES = 5; // of others that write at the same moment

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Changes fields of one item. `before`: what they were when they began to be edited; who has changed one of them to
 *  something else since is not overwritten: ConflictError. What others did to other fields stays. */
export async function change<T>(path: string, values: Values, before: Values = {}): Promise<T> {
  for (let n = 1; ; n++) {
    const { data, version } = await ask<Values>('GET', path);
    const taken = Object.keys(values).filter((f) => f in before && f in data && !same(data[f], before[f]) && !same(data[f], values[f]));
    if (taken.length) throw new ConflictError(data, taken);
    try {
      return (await ask<T>('PATCH', path, values, { version })).data;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412) || n === TRIES) throw error;
    }
  }
}

/** What removing items has come to: the changes that undo it, and the fault that stopped it. */
export interface Removal {
  changes: number[];
  error: unknown;
}

export async function removeAll(collection: string, ids: number[]): Promise<Removal> {
  const changes: number[] = [];
  try {
    for (const id of ids) changes.push((await ask('DELETE', `${collection}/${id}`)).change);
  } catch (error) {
    return { changes, error };
  }
  return { changes, error: null };
}

/** Changes that can go back: those named, or all from first to last. */
export type Undo = number[] | { first: number; last: number };

/** All of them or none. */
export async function revertAll(undo: Undo): Promise<void> {
  if (Array.isArray(undo)) await api.post('changes/revert', { ids: undo });
  else await api.post('changes/revert-range', undo);
}

/** What became of a request about several. */
export interface BulkResult {
  changed: number;
  rows: { id: number; changed: boolean; changes: number[] }[];
}

/** What is to become of several. */
export interface BulkChange {
  values?: Values;
  add?: Record<string, unknown[]>;
  remove?: Record<string, unknown[]>;
}

/** These rows, or all that the server finds. */
export type Those = { ids: number[] } | { found: Found };

/** What became of a request about all that were found. */
export interface FoundResult {
  changed: number;
  undo: { first: number; last: number } | null;
}

/** All that are found, as long as they are as many as somebody has been told. */
const foundPath = (collection: string, { params, total }: Found) => `${collection}/found${query({ ...params, total })}`;

/** All or none. */
export async function changeSeveral(collection: string, those: Those, change: BulkChange): Promise<{ changed: number; undo: Undo | null }> {
  if ('found' in those) return api.patch<FoundResult>(foundPath(collection, those.found), change);
  const result = await api.patch<BulkResult>(collection, { ids: those.ids, ...change });
  return { changed: result.changed, undo: changesOf(result) };
}

/** All or none. */
export async function removeFound(collection: string, found: Found): Promise<FoundResult> {
  return request<FoundResult>('DELETE', foundPath(collection, found));
}

/** What undoes it. */
function changesOf({ rows }: BulkResult): number[] {
  return rows.flatMap(({ changes }) => changes);
}
