/** What is typed into the form of a backtest, read. */

export type NumbersRead =
  | { readonly kind: 'numbers'; readonly numbers: readonly number[] }
  | { readonly kind: 'unreadable'; readonly detail: string };

const MOST_VALUES = 1000;

/** Numbers with commas or spaces between them, `5, 10 20`, and ranges with a step: `5-50:5`. Twice the same counts once. */
export function readNumbers(text: string): NumbersRead {
  const numbers = new Set<number>();
  for (const word of text.split(/[\s,;]+/).filter((part) => part !== '')) {
    const values = valuesOf(word);
    if (values === null) {
      return {
        kind: 'unreadable',
        detail: `expected numbers such as 5, 10 or a range such as 5-50:5, got "${word}"`,
      };
    }
    for (const value of values) numbers.add(value);
    if (numbers.size > MOST_VALUES)
      return { kind: 'unreadable', detail: `expected at most ${MOST_VALUES} numbers` };
  }
  if (numbers.size === 0) return { kind: 'unreadable', detail: 'expected at least one number' };
  return { kind: 'numbers', numbers: [...numbers] };
}

function valuesOf(word: string): readonly number[] | null {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(word)) return [Number(word)];
  const range = /^(\d{1,9})-(\d{1,9}):(\d{1,9})$/.exec(word);
  if (range === null) return null;
  const [from, to, by] = range.slice(1).map(Number) as [number, number, number];
  if (by === 0 || to < from || (to - from) / by > MOST_VALUES) return null;
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
}
