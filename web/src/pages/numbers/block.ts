// A block of numbers (LIN-4): what is typed, and what it means for the server.
import { api, query } from '../../api/client';

export interface BlockInput {
  base: string;
  first: string;
  last: string;
  kind: string;
  line: number | null;
  skip_taken: boolean;
}

export interface BlockReport {
  count: number;
  first: string;
  last: string;
  /** Of adding. */
  created?: number;
  taken?: number;
  /** Of removing. */
  removed?: number;
  held?: number;
  named: { number: string; holder: string | null }[];
}

const digits = (text: string) => text.replace(/[\s/()-]/g, '');

/** 00 … 99 have two digits each; 1 … 99 as many as they have. */
export function blockOf({ base, first, last, kind, line, skip_taken }: BlockInput, adding: boolean) {
  const [from, to] = [digits(first), digits(last)];
  if (!/^\d{1,12}$/.test(from) || !/^\d{1,12}$/.test(to)) return null;
  const width = from.length === to.length ? to.length : 0;
  const block = { base: digits(base), first: Number(from), last: Number(to), width };
  return adding ? { ...block, kind, line, skip_taken } : block;
}

export type Block = NonNullable<ReturnType<typeof blockOf>>;

export function sendBlock(block: Block, adding: boolean, dryRun: boolean): Promise<BlockReport> {
  return api.post<BlockReport>(`numbers/block${adding ? '' : '/remove'}${query(dryRun ? { dry_run: 1 } : {})}`, block);
}
