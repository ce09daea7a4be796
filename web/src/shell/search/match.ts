// How the search compares texts of its own: all words must occur somewhere; case and accents do not matter.
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function matcher(search: string): (...texts: (string | undefined)[]) => boolean {
  const words = fold(search).split(/\s+/).filter(Boolean);
  return (...texts) => {
    const all = fold(texts.filter(Boolean).join('\n'));
    return words.every((word) => all.includes(word));
  };
}
