// The periods one can choose, and what they mean to the server.
import type { ListParams } from '../../api/types';

export const PERIODS = ['all', 'today', 'yesterday', 'week', 'month'];

const DAY_MS = 86_400_000;

export function periodFilter(period: string): ListParams {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const before = (days: number) => new Date(midnight.getTime() - days * DAY_MS).toISOString();
  switch (period) {
    case 'today':
      return { from: before(0) };
    case 'yesterday':
      return { from: before(1), to: before(0) };
    case 'week':
      return { from: before(6) };
    case 'month':
      return { from: before(29) };
    default:
      return {};
  }
}
