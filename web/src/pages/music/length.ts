import type { TFunction } from 'i18next';

/** "3:05"; nothing while it is not known. */
export function length(ms: number): string {
  if (ms <= 0) return '';
  const s = Math.round(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** "+3 dB" */
export function volume(t: TFunction, db: number): string {
  return t('music.db', { db: db > 0 ? `+${db}` : String(db).replace('-', '\u2212') });
}
