// The names of several phones: by a pattern or one in each line.

export const MOST = 500;

/** "desk-###" with 7 is "desk-007"; a pattern without # gets the number at its end. */
function numbered(pattern: string, number: number): string {
  const place = /#+/;
  const digits = place.exec(pattern)?.[0].length ?? 0;
  const text = String(number).padStart(digits, '0');
  return digits ? pattern.replace(place, text) : pattern + text;
}

export function byPattern(pattern: string, first: number, count: number): string[] {
  if (pattern.trim() === '') return [];
  return Array.from({ length: Math.min(count, MOST + 1) }, (_, index) => numbered(pattern.trim(), first + index));
}

export function byLine(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

export function doubled(names: string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
