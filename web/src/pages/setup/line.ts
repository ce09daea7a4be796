// What the wizard asks about the first line, and what it sends of it.
import type { SetupChoices } from '../../api/types';

export const ACCOUNT_MARK = '<account>';
export const LINE_TEXTS = ['name', 'account', 'host', 'username', 'password', 'mainNumber', 'numbers'] as const;

type LineText = (typeof LINE_TEXTS)[number];

export type FirstLine = Record<LineText, string> & { provider: SetupChoices['providers'][number] | null };

export const NO_LINE: FirstLine = { provider: null, name: '', account: '', host: '', username: '', password: '', mainNumber: '', numbers: '110, 112' };

export function numbersOf(line: FirstLine): string[] {
  return line.numbers.split(/[\s,;]+/).filter(Boolean);
}

/** The texts that are no good, and why. */
export function faultsOf(line: FirstLine): Partial<Record<LineText, 'required' | 'numbersWrong'>> {
  const { provider } = line;
  if (!provider) return {};
  const empty = (field: LineText) => !line[field].trim();
  const servers = `${provider.host}${provider.proxy}`;
  return {
    ...(empty('name') && { name: 'required' }),
    ...(servers.includes(ACCOUNT_MARK) && empty('account') && { account: 'required' }),
    ...(!provider.host && empty('host') && { host: 'required' }),
    ...(provider.auth === 'password' && empty('username') && { username: 'required' }),
    ...(!numbersOf(line).every((number) => /^\d{2,20}$/.test(number)) && { numbers: 'numbersWrong' }),
  };
}

/** Sections of an import file. */
export function sectionsOf(line: FirstLine) {
  const { provider } = line;
  if (!provider) return {};
  const given = { account: line.account, host: line.host, username: line.username, main_number: line.mainNumber };
  const texts = Object.fromEntries(Object.entries(given).flatMap(([field, text]) => (text.trim() ? [[field, text.trim()]] : [])));
  const name = line.name.trim();
  const known = ['110', '112']; // they have names already
  return {
    lines: [{ name, provider: provider.name, ...texts, ...(line.password && { password: line.password }), ...(provider.auth === 'address' && { register: false }) }],
    'emergency-numbers': numbersOf(line).map((number) => ({ number, ...(!known.includes(number) && { name: number }), lines: [name] })),
  };
}
