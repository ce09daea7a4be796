// Gives a number to a user: takes a free one, or makes it when there is none yet.
import i18next from 'i18next';
import { useQueryClient } from '@tanstack/react-query';
import { api, query } from '../../api/client';
import { ApiError } from '../../api/error';
import type { Page, PhoneNumber, Range } from '../../api/types';
import { notifyDone, notifyError } from '../../shell/notify';
import { ALL_RANGES, isInternal } from './ranges';

export async function findNumber(number: string): Promise<PhoneNumber | undefined> {
  const found = await api.get<Page<PhoneNumber>>(`numbers${query({ search: number, page: 1, per_page: 100 })}`);
  return found.items.find((item) => item.number === number);
}

async function give(number: string, user: number) {
  const existing = await findNumber(number);
  if (existing?.user && existing.user !== user) throw new ApiError(409, 'number_taken', '');
  if (existing) return api.patch(`numbers/${existing.id}`, { user });
  const ranges = await api.get<Page<Range>>(`ranges${query(ALL_RANGES)}`);
  const kind = isInternal(number, ranges.items) || number.length <= 4 ? 'internal' : 'external';
  return api.post('numbers', { number, kind, user });
}

/** Resolves to whether the user has the number now; says so either way. */
export function useGiveNumber() {
  const client = useQueryClient();
  return async (number: string, user: number): Promise<boolean> => {
    try {
      await give(number, user);
      notifyDone(i18next.t('users.given', { number }));
      return true;
    } catch (error) {
      notifyError(error);
      return false;
    } finally {
      for (const key of ['numbers', 'users']) void client.invalidateQueries({ queryKey: [key] });
    }
  };
}
