/**
 * Equity over the day, rebuilt exactly from the books as they are now and the fills that led there. Between fills a
 * position counts at the last price that a fill of its instrument met; the curve says so where it is shown.
 */
import type { Fill, Position } from '../api/views.ts';
import { multiplyScaled, scaled, unscaled } from '../numbers/exact-decimal.ts';

interface Book {
  readonly instrumentId: string;
  readonly cash: bigint;
  readonly quantity: bigint;
}
export type Books = ReadonlyMap<string, Book>;

export interface EquityPoint {
  readonly timeMs: number;
  /** Canonical decimal. */
  readonly equity: string;
}

/** The books of one currency, before the fills were made. @param fills all that the positions have had since then */
export function booksBefore(positions: readonly Position[], fills: readonly Fill[]): Books {
  const books = new Map<string, Book>(
    positions.map(({ strategyId, instrumentId, cash, quantity }) => [
      strategyId,
      { instrumentId, cash: scaled(cash), quantity: scaled(quantity) },
    ]),
  );
  for (const fill of fills) {
    const book = books.get(fill.strategyId);
    if (book !== undefined) books.set(fill.strategyId, booked(book, fill, -1n));
  }
  return books;
}

/** What a fill does to a book; `direction` −1n undoes it. */
function booked(book: Book, { side, quantity, cashChange }: Fill, direction: 1n | -1n): Book {
  const bought = side === 'BUY' ? scaled(quantity) : -scaled(quantity);
  return {
    ...book,
    cash: book.cash + direction * scaled(cashChange),
    quantity: book.quantity + direction * bought,
  };
}

/** Instruments of which something was held: what their price was then has to be asked for. */
export function heldInstruments(books: Books): string[] {
  const held = [...books.values()].filter(({ quantity }) => quantity !== 0n);
  return [...new Set(held.map(({ instrumentId }) => instrumentId))];
}

/**
 * Equity at the start and after each fill, in order of time. Fills of strategies that have been removed, and of others
 * than those of the books, are left out.
 * @param prices at the start, by instrument; what has none counts at the first price that comes up
 */
export function equityHistory(
  start: { readonly timeMs: number; readonly books: Books; readonly prices: ReadonlyMap<string, string> },
  fills: readonly Fill[],
): EquityPoint[] {
  const ours = fills
    .filter(({ strategyId }) => start.books.has(strategyId))
    .sort((a, b) => a.timeMs - b.timeMs);
  const books = new Map(start.books);
  const prices = new Map<string, bigint>();
  for (const { instrumentId, price } of ours)
    if (!prices.has(instrumentId)) prices.set(instrumentId, scaled(price));
  for (const [instrumentId, price] of start.prices) prices.set(instrumentId, scaled(price));
  const points: EquityPoint[] = [{ timeMs: start.timeMs, equity: equityOf(books, prices) }];
  for (const fill of ours) {
    prices.set(fill.instrumentId, scaled(fill.price));
    books.set(fill.strategyId, booked(books.get(fill.strategyId)!, fill, 1n));
    points.push({ timeMs: fill.timeMs, equity: equityOf(books, prices) });
  }
  return points;
}

function equityOf(books: Books, prices: ReadonlyMap<string, bigint>): string {
  let equity = 0n;
  for (const { instrumentId, cash, quantity } of books.values()) {
    equity += cash + multiplyScaled(quantity, prices.get(instrumentId) ?? 0n);
  }
  return unscaled(equity);
}

/**
 * Points at even distances, each with the last equity before it, so that a chart which counts points keeps time.
 * @param points in order of time
 */
export function sampled(points: readonly EquityPoint[], most: number): EquityPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const seconds = Math.floor((last.timeMs - first.timeMs) / 1000);
  const distanceMs = Math.max(1, Math.ceil(seconds / most)) * 1000;
  const samples: EquityPoint[] = [];
  let next = 0;
  for (let timeMs = first.timeMs; timeMs < last.timeMs; timeMs += distanceMs) {
    while (next < points.length && points[next]!.timeMs <= timeMs) next++;
    samples.push({ timeMs, equity: points[next - 1]!.equity });
  }
  return [...samples, last];
}
