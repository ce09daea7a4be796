// A value as people read it: words for choices and switches.
import type { TFunction } from 'i18next';
import { optionLabel } from './texts';

export function valueText(t: TFunction, entity: string, field: string, value: unknown): string {
  if (value === true) return t('changes.yes');
  if (value === false) return t('changes.no');
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length ? value.map((one) => optionLabel(entity, field, String(one))).join(', ') : '–';
  return optionLabel(entity, field, String(value));
}
