// Gives a number to who shall hold it: takes a free one, or makes it when there is none yet.
import i18next from 'i18next';
import { useQueryClient } from '@tanstack/react-query';
import { api, query } from '../../api/client';
import { ApiError } from '../../api/error';
import { invalidateEntity } from '../../api/related';
import type { Page, PhoneNumber, Range } from '../../api/types';
import { notifyDone, notifyError } from '../../shell/notify';
import { holderName, holds, type Holder } from './holder';
import { ALL_RANGES, isInternal } from './ranges';

export async function findNumber(number: string): Promise<PhoneNumber | undefined> {
  const found = await api.get<Page<PhoneNumber>>(`numbers${query({ number, page: 1, per_page: 1 })}`);
  return found.items[0];
}

async function give(number: string, holder: Holder) {
  const existing = await findNumber(number);
  if (existing?.held && !holds(holder, existing)) {
    throw new ApiError(409, 'taken_by', i18next.t('numbers.taken', { number, holder: holderName(existing) }));
  }
  if (existing) return api.patch(`numbers/${existing.id}`, { [holder.kind]: holder.id });
  const ranges = await api.get<Page<Range>>(`ranges${query(ALL_RANGES)}`);
  const kind = isInternal(number, ranges.items) || number.length <= 4 ? 'internal' : 'external';
  return api.post('numbers', { number, kind, [holder.kind]: holder.id });
}

/** Resolves to whether the holder has the number now; says so either way. */
export function useGiveNumber() {
  const client = useQueryClient();
  return async (number: string, holder: Holder): Promise<boolean> => {
    try {
      await give(number, holder);
      notifyDone(i18next.t('numbers.given', { number }));
      return true;
    } catch (error) {
      notifyError(error);
      return false;
    } finally {
      void invalidateEntity(client, 'number');
    }
  };
}
