// The numbers that nobody holds: of the internal ranges whether they were made yet or not, of the external ones those that were.
import { useQuery } from '@tanstack/react-query';
import { useList } from '../../api/collections';
import type { Range } from '../../api/types';
import { allNumbers } from './allNumbers';
import { ALL_RANGES } from './ranges';

const SHOWN = 50;

/** The first free ones of a range that begin with these digits. */
export function freeInRange({ first, last }: Pick<Range, 'first' | 'last'>, held: Set<string>, begin: string): string[] {
  const digits = first.length;
  if (begin.length > digits || !/^\d*$/.test(begin)) return [];
  const low = begin.padEnd(digits, '0');
  const high = begin.padEnd(digits, '9');
  const end = BigInt(high < last ? high : last);
  const found: string[] = [];
  for (let n = BigInt(low > first ? low : first); n <= end && found.length < SHOWN; n++) {
    const number = n.toString().padStart(digits, '0');
    if (!held.has(number)) found.push(number);
  }
  return found;
}

export interface FreeNumbers {
  ranges: { range: Range; numbers: string[] }[];
  external: string[];
}

export function useFreeNumbers(begin: string, enabled: boolean): FreeNumbers {
  const ranges = useList<Range>('ranges', ALL_RANGES, enabled).data?.items ?? [];
  const known = useQuery({ queryKey: ['numbers', 'all'], queryFn: ({ signal }) => allNumbers(signal), enabled }).data;
  if (!known) return { ranges: [], external: [] };
  const held = new Set(known.filter((item) => item.held).map((item) => item.number));
  return {
    ranges: ranges.map((range) => ({ range, numbers: freeInRange(range, held, begin) })),
    external: known
      .filter((item) => item.kind === 'external' && !item.held && item.number.startsWith(begin))
      .map((item) => item.number)
      .slice(0, SHOWN),
  };
}
