// What a search for traces may ask, as it stands in the page's address.
import type { ListParams } from '../../api/types';

export const FILTER_NAMES = ['number', 'user', 'call_id', 'from', 'to', 'status', 'kind'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type Filters = Partial<Record<FilterName, string>>;

export const STATUSES = ['ok', 'failed', '4xx', '5xx', '6xx'];
export const KINDS = ['call', 'register', 'options', 'subscribe', 'publish', 'message'];

export function readFilters(params: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const name of FILTER_NAMES) {
    const value = params.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

export const asParams = (filters: Filters): ListParams => ({ ...filters });
