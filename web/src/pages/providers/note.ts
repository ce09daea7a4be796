// What is known of a supplied provider, and how surely.
import i18next from 'i18next';

export const BASIS_COLORS: Record<string, string> = { certain: 'green', published: 'petrol', uncertain: 'brass' };

/** "1&1" has its note at providers.notes.1-1. */
export function noteOf(name: string): string | null {
  const key = `providers.notes.${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  return i18next.exists(key) ? i18next.t(key) : null;
}
