// All numbers there are, page by page; of very many only the first.
import { api, query } from '../../api/client';
import type { Page, PhoneNumber } from '../../api/types';

const PER_PAGE = 1000;
const PAGES_MAX = 20;

export async function allNumbers(signal?: AbortSignal): Promise<PhoneNumber[]> {
  const all: PhoneNumber[] = [];
  for (let page = 1; page <= PAGES_MAX; page++) {
    const { items, total } = await api.get<Page<PhoneNumber>>(`numbers${query({ page, per_page: PER_PAGE })}`, signal);
    all.push(...items);
    if (all.length >= total || items.length === 0) break;
  }
  return all;
}
