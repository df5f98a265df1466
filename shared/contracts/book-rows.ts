/** The rows of a lane record that tell of books: beside lane-rows.ts, nothing else knows which of their fields stands where. */
import { formatDecimal, parseDecimal, type Decimal } from '../domain/decimal.ts';
import { isDoubtfulBook } from '../domain/market-data/book/book-quality.ts';
import type { BestLevel, DepthWithin } from '../domain/market-data/book/microstructure.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import { isTime, isTradeTime } from './lane-rows.ts';

/** Canonical decimals. */
export type LevelRow = readonly [price: string, quantity: string];

/** What a quote and levels have in common. */
interface BookMoment {
  readonly instrumentId: InstrumentId;
  /** The venue's time of the change after which the book stood so. */
  readonly timeMs: number;
  /** When that change was received; of what tells that the book is in doubt, when that was noticed. */
  readonly receivedAtMs: number;
  /** Bits of the flags that are raised against it: see quality-flags.ts. */
  readonly quality: number;
}

/** The best prices of a book. */
export interface BookQuote extends BookMoment {
  /** null: nobody offers. */
  readonly bid: LevelRow | null;
  readonly ask: LevelRow | null;
}

/** The best levels of a book, the best first. */
export interface BookLevels extends BookMoment {
  readonly bids: readonly LevelRow[];
  readonly asks: readonly LevelRow[];
  /** Of the whole book, which goes deeper; none where it is in doubt, or its best levels alone are known yet. */
  readonly depths: readonly DepthWithin[];
}

export const MAX_LEVELS_OF_A_ROW = 20;
const MAX_DEPTHS_OF_A_ROW = 10;

export type QuoteRow = readonly [
  instrumentIndex: number,
  tradesBefore: number,
  bid: LevelRow | null,
  ask: LevelRow | null,
  timeMs: number,
  receivedAtMs: number,
  quality: number,
];

type DepthRow = readonly [bps: number, bidQuantity: string | null, askQuantity: string | null];

export type LevelsRow = readonly [
  instrumentIndex: number,
  tradesBefore: number,
  bids: readonly LevelRow[],
  asks: readonly LevelRow[],
  timeMs: number,
  receivedAtMs: number,
  quality: number,
  depths: readonly DepthRow[],
];

/** @param tradesBefore how many rows of trades the record has so far. */
export function quoteRow(instrumentIndex: number, tradesBefore: number, quote: BookQuote): QuoteRow {
  const { bid, ask, timeMs, receivedAtMs, quality } = quote;
  return [instrumentIndex, tradesBefore, bid, ask, timeMs, receivedAtMs, quality];
}

export function levelsRow(instrumentIndex: number, tradesBefore: number, levels: BookLevels): LevelsRow {
  const { bids, asks, timeMs, receivedAtMs, quality } = levels;
  const depths = levels.depths.map(({ bps, bidQuantity, askQuantity }): DepthRow => {
    return [bps, textOf(bidQuantity), textOf(askQuantity)];
  });
  return [instrumentIndex, tradesBefore, bids, asks, timeMs, receivedAtMs, quality, depths];
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value);
}

/** What a reader gets: exact amounts, and its place among the trades of its record. */
interface ReadMoment extends BookMoment {
  /** Rows of trades before it in the record came before it. */
  readonly tradesBefore: number;
}

export interface ReceivedQuote extends ReadMoment {
  readonly bid: BestLevel | null;
  readonly ask: BestLevel | null;
}

export interface ReceivedLevels extends ReadMoment {
  readonly bids: readonly BestLevel[];
  readonly asks: readonly BestLevel[];
  readonly depths: readonly DepthWithin[];
}

/** @returns the quote, or one line that says what is wrong with it. */
export function readQuoteRow(row: unknown, instruments: readonly string[]): ReceivedQuote | string {
  const told = readMoment(row, instruments, 7);
  if (typeof told === 'string') return told;
  const [moment, first, second] = told;
  const bid = first === null ? null : readLevel(first);
  const ask = second === null ? null : readLevel(second);
  if (typeof bid === 'string') return bid;
  if (typeof ask === 'string') return ask;
  const isCrossed = bid !== null && ask !== null && bid.price >= ask.price;
  if (isCrossed && !isDoubtfulBook(moment.quality)) return NOT_RISING;
  return { ...moment, bid, ask };
}

/** @returns the levels, or one line that says what is wrong with them. */
export function readLevelsRow(row: unknown, instruments: readonly string[]): ReceivedLevels | string {
  const told = readMoment(row, instruments, 8);
  if (typeof told === 'string') return told;
  const [moment, first, second] = told;
  if (!Array.isArray(first) || !Array.isArray(second)) return 'levels: expected two lists';
  if (first.length > MAX_LEVELS_OF_A_ROW || second.length > MAX_LEVELS_OF_A_ROW)
    return `levels: expected at most ${MAX_LEVELS_OF_A_ROW} a side`;
  const bids = readLevels(first);
  const asks = readLevels(second);
  if (typeof bids === 'string') return bids;
  if (typeof asks === 'string') return asks;
  const ladder = [...bids.toReversed(), ...asks];
  const isRising = ladder.every(({ price }, n) => n === 0 || price > ladder[n - 1]!.price);
  if (!isRising && !isDoubtfulBook(moment.quality)) return NOT_RISING;
  const depths = readDepths((row as readonly unknown[])[7]);
  if (typeof depths === 'string') return depths;
  return { ...moment, bids, asks, depths };
}

const NOT_RISING = 'levels: not sorted, or crossed, and no flag says so';

function readMoment(
  row: unknown,
  instruments: readonly string[],
  fields: number,
): readonly [moment: ReadMoment, first: unknown, second: unknown] | string {
  if (!Array.isArray(row) || row.length !== fields) return `expected a row of ${fields} fields`;
  const [index, tradesBefore, first, second, timeMs, receivedAtMs, quality] = row as unknown[];
  const instrumentId = typeof index === 'number' ? instruments[index] : undefined;
  if (instrumentId === undefined) return `no such instrument: ${String(index)}`;
  if (!isCount(tradesBefore))
    return `place: expected a number of trades, got ${JSON.stringify(tradesBefore)}`;
  if (!isTime(receivedAtMs))
    return `received time: expected milliseconds, got ${JSON.stringify(receivedAtMs)}`;
  // A quiet book may have stood so for days.
  if (!isTradeTime(timeMs, receivedAtMs, true))
    return `time: expected milliseconds since the epoch, got ${JSON.stringify(timeMs)}`;
  if (!isCount(quality) || quality > MAX_QUALITY)
    return `quality: expected the bits of flags, got ${JSON.stringify(quality)}`;
  return [{ instrumentId, tradesBefore, timeMs, receivedAtMs, quality }, first, second];
}

/** As a column of 32 bits holds it. */
const MAX_QUALITY = 2 ** 32 - 1;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readLevels(rows: readonly unknown[]): BestLevel[] | string {
  const levels: BestLevel[] = [];
  for (const row of rows) {
    const level = readLevel(row);
    if (typeof level === 'string') return level;
    levels.push(level);
  }
  return levels;
}

function readLevel(row: unknown): BestLevel | string {
  const [price, quantity] = Array.isArray(row) ? (row as unknown[]).map(decimalOf) : [];
  if (!isAmount(price) || price === 0n || !isAmount(quantity))
    return `level: expected a price above zero and a quantity, got ${JSON.stringify(row).slice(0, 100)}`;
  return { price, quantity };
}

function isAmount(value: Decimal | null | undefined): value is Decimal {
  return value !== null && value !== undefined && value >= 0n;
}

function readDepths(rows: unknown): DepthWithin[] | string {
  if (!Array.isArray(rows) || rows.length > MAX_DEPTHS_OF_A_ROW)
    return `depths: expected a list of at most ${MAX_DEPTHS_OF_A_ROW}`;
  const depths: DepthWithin[] = [];
  for (const row of rows as unknown[]) {
    const [bps, bid, ask] = Array.isArray(row) ? (row as unknown[]) : [];
    const [bidQuantity, askQuantity] = [bid, ask].map((value) => (value === null ? null : decimalOf(value)));
    const isKnown = (bid === null || isAmount(bidQuantity)) && (ask === null || isAmount(askQuantity));
    if (!isCount(bps) || bps === 0 || bps > MAX_BPS || !isKnown)
      return `depth: expected [basis points, quantity, quantity], got ${JSON.stringify(row).slice(0, 100)}`;
    depths.push({ bps, bidQuantity: bidQuantity!, askQuantity: askQuantity! });
  }
  return depths;
}

const MAX_BPS = 10_000;

function decimalOf(value: unknown): Decimal | null {
  return typeof value === 'string' ? parseDecimal(value) : null;
}
