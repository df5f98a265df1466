/**
 * Equity over the day, rebuilt exactly from the books as they are now, the fills that led there, and the closes of the
 * market on the way. In between a position counts at the last of these prices.
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

/** The market’s price of an instrument at a time. */
export interface Mark {
  readonly timeMs: number;
  readonly instrumentId: string;
  readonly price: string;
}

export interface HistoryStart {
  readonly timeMs: number;
  readonly books: Books;
  /** Then, by instrument; what has none counts at the first price that comes up. */
  readonly prices: ReadonlyMap<string, string>;
}

/**
 * Equity at the start and after each fill and each mark that concerns it, in order of time. Fills of strategies that
 * have been removed, and of others than those of the books, are left out; and so are marks of before the start.
 */
export function equityHistory(
  start: HistoryStart,
  fills: readonly Fill[],
  marks: readonly Mark[],
): EquityPoint[] {
  const events = eventsOf(start, fills, marks);
  const books = new Map(start.books);
  const prices = firstPrices(start, events);
  const points: EquityPoint[] = [{ timeMs: start.timeMs, equity: equityOf(books, prices) }];
  for (const { timeMs, instrumentId, price, fill } of events) {
    prices.set(instrumentId, scaled(price));
    if (fill !== null) books.set(fill.strategyId, booked(books.get(fill.strategyId)!, fill, 1n));
    points.push({ timeMs, equity: equityOf(books, prices) });
  }
  return points;
}

interface PriceEvent extends Mark {
  readonly fill: Fill | null;
}

function eventsOf(
  { timeMs, books }: HistoryStart,
  fills: readonly Fill[],
  marks: readonly Mark[],
): PriceEvent[] {
  const instruments = new Set([...books.values()].map(({ instrumentId }) => instrumentId));
  const ours = fills.filter(({ strategyId }) => books.has(strategyId));
  const concerning = marks.filter((mark) => mark.timeMs > timeMs && instruments.has(mark.instrumentId));
  return [
    ...ours.map((fill) => ({ ...fill, fill })),
    ...concerning.map((mark) => ({ ...mark, fill: null })),
  ].sort((a, b) => a.timeMs - b.timeMs);
}

function firstPrices(start: HistoryStart, events: readonly PriceEvent[]): Map<string, bigint> {
  const prices = new Map<string, bigint>();
  for (const { instrumentId, price } of events) {
    if (!prices.has(instrumentId)) prices.set(instrumentId, scaled(price));
  }
  for (const [instrumentId, price] of start.prices) prices.set(instrumentId, scaled(price));
  return prices;
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
