import { formatDecimal, type Decimal } from '../../decimal.ts';
import type { Book } from '../book.ts';

export interface BookDifference {
  readonly what: string;
  readonly stored: string;
  readonly recomputed: string;
}

/** Each figure of a book as it is told: amounts to the last digit. */
const FIGURES = {
  accountId: ({ accountId }) => accountId,
  instrumentId: ({ instrumentId }) => instrumentId,
  cash: ({ cash }) => formatDecimal(cash),
  quantity: ({ quantity }) => formatDecimal(quantity),
  cost: ({ cost }) => formatDecimal(cost),
  realizedProfit: ({ realizedProfit }) => formatDecimal(realizedProfit),
  feesPaid: ({ feesPaid }) => formatDecimal(feesPaid),
  fills: ({ fills }) => String(fills),
  flaggedFills: ({ flaggedFills }) => String(flaggedFills),
  flaggedProfit: ({ flaggedProfit }) => formatDecimal(flaggedProfit),
  flags: ({ flags = [] }) => flags.join(' '),
  entryTimeMs: ({ entry }) => (entry === null ? 'none' : String(entry.timeMs)),
  entryPrice: ({ entry }) => decimalOrNone(entry?.price ?? null),
} as const satisfies Readonly<Record<string, (book: Book) => string>>;

function decimalOrNone(value: Decimal | null): string {
  return value === null ? 'none' : formatDecimal(value);
}

/** @param ignored figures that nobody can recompute here */
export function bookDifferences(
  stored: Book,
  recomputed: Book,
  ignored: readonly (keyof typeof FIGURES)[] = [],
): readonly BookDifference[] {
  return (Object.keys(FIGURES) as (keyof typeof FIGURES)[])
    .filter((what) => !ignored.includes(what))
    .map((what) => ({ what, stored: FIGURES[what](stored), recomputed: FIGURES[what](recomputed) }))
    .filter(({ stored: one, recomputed: other }) => one !== other);
}
