// Writes that neither overwrite what somebody else has written meanwhile, nor are lost for good.
import { api, ask } from './client';
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

/** All of them or none. */
export async function revertAll(changes: number[]): Promise<void> {
  await api.post('changes/revert', { ids: changes });
}

/** What became of a request about several. */
export interface BulkResult {
  changed: number;
  rows: { id: number; changed: boolean; changes: number[] }[];
}

export interface BulkRequest {
  ids: number[];
  values?: Values;
  add?: Record<string, unknown[]>;
  remove?: Record<string, unknown[]>;
}

/** What undoes it. */
export function changesOf({ rows }: BulkResult): number[] {
  return rows.flatMap(({ changes }) => changes);
}
