// SIP passwords: what is wrong with one, and new ones (SEC-1). The server checks again, and more.
export type Policy = 'secure' | 'paranoid';

export interface Weakness {
  code: 'length' | 'small' | 'capital' | 'digit' | 'name' | 'few' | 'sequence';
  count: number;
}

const POLICIES: Record<Policy, { length: number; small: number; capital: number; digit: number }> = {
  secure: { length: 16, small: 3, capital: 2, digit: 2 },
  paranoid: { length: 30, small: 5, capital: 5, digit: 5 },
};
const FEWEST_DIFFERENT = 8;
const NAME_COUNTS = 4;
const LONGEST_SEQUENCE = 5;
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'yxcvbnm', 'zxcvbnm'];
// Without letters and digits that look alike.
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

export function weaknesses(policy: Policy, name: string, secret: string): Weakness[] {
  const wanted = POLICIES[policy];
  const found: Weakness[] = [];
  if (secret.length < wanted.length) found.push({ code: 'length', count: wanted.length });
  if (count(secret, /[a-z]/g) < wanted.small) found.push({ code: 'small', count: wanted.small });
  if (count(secret, /[A-Z]/g) < wanted.capital) found.push({ code: 'capital', count: wanted.capital });
  if (count(secret, /[0-9]/g) < wanted.digit) found.push({ code: 'digit', count: wanted.digit });
  const named = name.length >= NAME_COUNTS && secret.toLowerCase().includes(name.toLowerCase());
  if (named) found.push({ code: 'name', count: 0 });
  if (hasSequence(secret.toLowerCase())) found.push({ code: 'sequence', count: 0 });
  if (new Set(secret).size < FEWEST_DIFFERENT) found.push({ code: 'few', count: FEWEST_DIFFERENT });
  return found;
}

/** "12345", "fedcba", "qwertz", "aaaaa" */
function hasSequence(text: string): boolean {
  let run = 1;
  for (let i = 1; i < text.length; i++) {
    const [a, b] = [text.charAt(i - 1), text.charAt(i)];
    run = a === b || ROWS.some((row) => row.includes(a + b) || row.includes(b + a)) ? run + 1 : 1;
    if (run >= LONGEST_SEQUENCE) return true;
  }
  return false;
}

/** From 0 to 100: how near a password is to the guideline. */
export function strength(policy: Policy, secret: string): number {
  const wanted = POLICIES[policy];
  const share = (has: number, needs: number) => Math.min(1, has / needs);
  const parts = [
    share(secret.length, wanted.length),
    share(count(secret, /[a-z]/g), wanted.small),
    share(count(secret, /[A-Z]/g), wanted.capital),
    share(count(secret, /[0-9]/g), wanted.digit),
    share(new Set(secret).size, FEWEST_DIFFERENT),
  ];
  return Math.round((100 * parts.reduce((sum, part) => sum + part, 0)) / parts.length);
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(64))) {
      const letter = LETTERS[byte % 64]; // 64 values for fewer letters: the rest is drawn again, all are equally likely
      if (letter && text.length < length) text += letter;
    }
  }
  return text;
}

export function generate(policy: Policy, name: string): string {
  let secret: string;
  do secret = randomText(POLICIES[policy].length + 2);
  while (weaknesses(policy, name, secret).length > 0);
  return secret;
}
