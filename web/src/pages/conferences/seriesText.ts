// A series in words.
import type { TFunction } from 'i18next';
import { day } from '../../i18n/format';

interface Series {
  repeat: string;
  every: number;
  repeat_until: string;
}

export function seriesText(t: TFunction, { repeat, every, repeat_until }: Series): string {
  if (repeat === 'once') return t('conferences.once');
  const each = t(`conferences.each.${repeat}`, { count: every });
  return repeat_until ? t('conferences.until', { each, day: day(repeat_until) }) : each;
}
