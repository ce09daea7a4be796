// Times and numbers as the chosen language writes them.
import i18next from 'i18next';

/** The reader's own way of writing the chosen language: en-GB rather than en. */
function locale(): string {
  return navigator.languages.find((name) => name.startsWith(i18next.language)) ?? i18next.language;
}

type When = string | null | undefined;

export function dateTime(at: When): string {
  if (!at) return '';
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** "2026-12-24" with the day of the week. */
export function day(date: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

export function timeOnly(at: When): string {
  if (!at) return '';
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(at));
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** With exactly so many digits after the point, for columns of figures. */
export function fixed(value: number, digits: number): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** What stands before decimals. */
export function decimalSign(): string {
  return new Intl.NumberFormat(i18next.language).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
}

const two = (n: number) => String(n).padStart(2, '0');

/** 75 -> 1:15, 3675 -> 1:01:15 */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

export function megabytes(bytes: number): string {
  return `${number(bytes / 1048576, 1)} MB`;
}
