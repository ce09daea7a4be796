// The internal number ranges (LIN-1).
import type { Range } from '../../api/types';

export const ALL_RANGES = { page: 1, per_page: 100 };

export function isInternal(number: string, ranges: Range[]): boolean {
  return ranges.some(({ first, last }) => number.length === first.length && number >= first && number <= last);
}
