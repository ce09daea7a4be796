// Amounts of money: whole millionths of a currency, as the server counts them.
import i18next from 'i18next';

export const MICRO = 1_000_000;

/** 0.019 of a currency with its sign; without one the bare amount. */
export function money(micro: number, currency?: string | null): string {
  const style = currency ? { style: 'currency' as const, currency } : {};
  return new Intl.NumberFormat(i18next.language, { ...style, minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(micro / MICRO);
}
