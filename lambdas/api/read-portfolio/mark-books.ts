/** What books are worth at a price, exactly, and what they come to by currency. */
import { bookOf } from '../../../shared/contracts/ledger-records.ts';
import type { CurrencyTotal, MarkedPosition } from '../../../shared/contracts/portfolio-views.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { decimal, formatDecimal, multiply } from '../../../shared/domain/decimal.ts';
import { pairOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { equityOf } from '../../../shared/domain/portfolio/book.ts';

export interface Mark {
  /** Canonical decimal. */
  readonly price: string;
  readonly timeMs: number;
}

/** @param mark the market's latest price; null: none is known, and the position's own entry stands in for it. */
export function markBook(record: BookRecord, mark: Mark | null): MarkedPosition {
  const book = bookOf(record);
  const entry =
    book.entry === null ? null : { price: formatDecimal(book.entry.price), timeMs: book.entry.timeMs };
  const used = book.quantity === 0n ? null : (mark ?? entry);
  const price = used === null ? 0n : decimal(used.price);
  const value = multiply(book.quantity, price);
  return {
    ...record,
    markPrice: used?.price ?? null,
    markTimeMs: used?.timeMs ?? null,
    value: formatDecimal(value),
    unrealizedProfit: formatDecimal(value - book.cost),
    equity: formatDecimal(equityOf(book, price)),
  };
}

/** One total for each quote currency, in order of its code. */
export function totalsOf(positions: readonly MarkedPosition[]): CurrencyTotal[] {
  const byCurrency = Map.groupBy(positions, ({ instrumentId }) => quoteCurrencyOf(instrumentId));
  return [...byCurrency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([quoteCurrency, group]) => {
      const sum = (field: Exclude<keyof CurrencyTotal, 'quoteCurrency'>): string =>
        formatDecimal(group.reduce((total, position) => total + decimal(position[field]), 0n));
      return {
        quoteCurrency,
        cash: sum('cash'),
        value: sum('value'),
        equity: sum('equity'),
        realizedProfit: sum('realizedProfit'),
        unrealizedProfit: sum('unrealizedProfit'),
        feesPaid: sum('feesPaid'),
      };
    });
}

function quoteCurrencyOf(instrumentId: InstrumentId): string {
  return pairOf(instrumentId).split('-')[1] ?? '';
}
