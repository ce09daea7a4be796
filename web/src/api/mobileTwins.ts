// Mobile phones that ring with those of somebody (iFMC): of a user for administrators, else one's own.
import { useList, useRemove, useSave } from './collections';
import type { Collection, ListParams, MobileTwin } from './types';

export type TwinsOf = { user: number } | 'own';

const MANY: ListParams = { per_page: 100, sort: 'id' };

export function useMobileTwins(whose: TwinsOf) {
  const collection: Collection = whose === 'own' ? 'me/mobile-twins' : 'mobile-twins';
  const list = useList<MobileTwin>(collection, whose === 'own' ? MANY : { ...MANY, ...whose });
  return { twins: list.data?.items, error: list.error, save: useSave<MobileTwin>(collection), remove: useRemove(collection) };
}
