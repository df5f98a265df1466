/**
 * The rows of a lane record: how trades, quotes and levels of books are laid out in one, read from one, and set aside when
 * they are none. Nothing else knows which field stands where.
 */
import { formatDecimal, multiply, ONE, parseDecimal, type Decimal } from '../domain/decimal.ts';
import { BOOK_STATES, type BookState } from '../domain/market-data/book/book-keeper.ts';
import { isInstrumentId, type InstrumentId } from '../domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { parseTradeId, type Trade } from '../domain/market-data/trade.ts';
import type { TradeFix } from './quarantine-views.ts';

/**
 * A trade as a venue told it. Only the instrument is known for certain: what stands in a field that is not what it
 * should be is for the reader of the row to refuse.
 */
export interface ToldTrade {
  readonly instrumentId: InstrumentId;
  readonly tradeId: unknown;
  readonly price: unknown;
  readonly quantity: unknown;
  /** Of the aggressor: `B` or `S`. */
  readonly takerSide: unknown;
  readonly timeMs: unknown;
  readonly receivedAtMs: number;
}

/** [instrument index, trade id, price, quantity, aggressor, venue time, received time]: a row, because there are millions. */
export type TradeRow = readonly [
  instrumentIndex: number,
  tradeId: string,
  price: string,
  quantity: string,
  takerSide: 'B' | 'S',
  timeMs: number,
  receivedAtMs: number,
];

/** A trade with the time we got it: a wall time, never hashed and never decided upon. */
export interface ReceivedTrade extends Trade {
  readonly receivedAtMs: number;
}

type LevelRow = readonly [price: string, quantity: string];

/** What a quote and levels have in common. Rows of trades before it in the record came before it. */
interface BookMoment {
  readonly instrumentId: InstrumentId;
  /** The venue's time of the change after which the book stood so. */
  readonly timeMs: number;
  readonly receivedAtMs: number;
  /** Anything but `whole` is a warning: the prices may be old, or wrong. */
  readonly state: BookState;
}

/** The best prices of a book. */
export interface BookQuote extends BookMoment {
  /** Canonical decimals; null: nobody offers. */
  readonly bid: LevelRow | null;
  readonly ask: LevelRow | null;
}

/** The best levels of a book, the best first. */
export interface BookLevels extends BookMoment {
  readonly bids: readonly LevelRow[];
  readonly asks: readonly LevelRow[];
}

const MAX_LEVELS_OF_A_ROW = 20;

export type QuoteRow = readonly [
  instrumentIndex: number,
  tradesBefore: number,
  bid: LevelRow | null,
  ask: LevelRow | null,
  timeMs: number,
  receivedAtMs: number,
  state: BookState,
];

export type LevelsRow = readonly [
  instrumentIndex: number,
  tradesBefore: number,
  bids: readonly LevelRow[],
  asks: readonly LevelRow[],
  timeMs: number,
  receivedAtMs: number,
  state: BookState,
];

/** @param tradesBefore how many rows of trades the record has so far. */
export function quoteRow(instrumentIndex: number, tradesBefore: number, quote: BookQuote): QuoteRow {
  const { bid, ask, timeMs, receivedAtMs, state } = quote;
  return [instrumentIndex, tradesBefore, bid, ask, timeMs, receivedAtMs, state];
}

export function levelsRow(instrumentIndex: number, tradesBefore: number, levels: BookLevels): LevelsRow {
  const { bids, asks, timeMs, receivedAtMs, state } = levels;
  return [instrumentIndex, tradesBefore, bids, asks, timeMs, receivedAtMs, state];
}

/** With its place among the trades of its record. */
export type Placed<Moment> = Moment & { readonly tradesBefore: number };

/** @returns the quote, or one line that says what is wrong with it. */
export function readQuoteRow(row: unknown, instruments: readonly string[]): Placed<BookQuote> | string {
  const told = readMoment(row, instruments);
  if (typeof told === 'string') return told;
  const { first, second, ...moment } = told;
  const [bids, asks] = [first, second].map((level) => (level === null ? [] : [level]));
  const cause = wrongLevels(bids!, asks!, moment.state);
  if (cause !== null) return cause;
  return { ...moment, bid: first as LevelRow | null, ask: second as LevelRow | null };
}

/** @returns the levels, or one line that says what is wrong with them. */
export function readLevelsRow(row: unknown, instruments: readonly string[]): Placed<BookLevels> | string {
  const told = readMoment(row, instruments);
  if (typeof told === 'string') return told;
  const { first, second, ...moment } = told;
  if (!Array.isArray(first) || !Array.isArray(second)) return 'levels: expected two lists';
  const cause = wrongLevels(first, second, moment.state);
  if (cause !== null) return cause;
  return { ...moment, bids: first as LevelRow[], asks: second as LevelRow[] };
}

type ReadMoment = Placed<BookMoment> & { readonly first: unknown; readonly second: unknown };

function readMoment(row: unknown, instruments: readonly string[]): ReadMoment | string {
  if (!Array.isArray(row) || row.length !== 7) return 'expected a row of 7 fields';
  const [index, tradesBefore, first, second, timeMs, receivedAtMs, state] = row as unknown[];
  const instrumentId = typeof index === 'number' ? instruments[index] : undefined;
  if (instrumentId === undefined) return `no such instrument: ${String(index)}`;
  if (typeof tradesBefore !== 'number' || !Number.isSafeInteger(tradesBefore) || tradesBefore < 0)
    return `place: expected a number of trades, got ${JSON.stringify(tradesBefore)}`;
  if (!isTime(receivedAtMs))
    return `received time: expected milliseconds, got ${JSON.stringify(receivedAtMs)}`;
  if (!isTradeTime(timeMs, receivedAtMs))
    return `time: expected milliseconds since the epoch, got ${JSON.stringify(timeMs)}`;
  if (!(BOOK_STATES as readonly unknown[]).includes(state))
    return `state: expected one of ${BOOK_STATES.join(', ')}, got ${JSON.stringify(state)}`;
  return { instrumentId, tradesBefore, first, second, timeMs, receivedAtMs, state: state as BookState };
}

/** A book that says it is whole is sorted, and not crossed. */
function wrongLevels(bids: readonly unknown[], asks: readonly unknown[], state: BookState): string | null {
  if (bids.length > MAX_LEVELS_OF_A_ROW || asks.length > MAX_LEVELS_OF_A_ROW)
    return `levels: expected at most ${MAX_LEVELS_OF_A_ROW} a side`;
  const ladder: Decimal[] = [];
  for (const level of [...[...bids].reverse(), ...asks]) {
    const [price, quantity] = Array.isArray(level) ? (level as unknown[]).map(decimalOf) : [];
    if (price === null || price === undefined || price <= 0n || quantity === null || quantity === undefined)
      return `level: expected a price above zero and a quantity, got ${JSON.stringify(level).slice(0, 100)}`;
    ladder.push(price);
  }
  const isRising = ladder.every((price, n) => n === 0 || price > ladder[n - 1]!);
  return isRising || state !== 'whole' ? null : 'levels: not sorted, or crossed, and said to be whole';
}

function decimalOf(value: unknown): Decimal | null {
  return typeof value === 'string' ? parseDecimal(value) : null;
}

/** What is set aside. */
export interface PoisonTrade {
  readonly cause: string;
  /** The row or the raw message, as JSON text: what quarantine keeps. */
  readonly payload: string;
  readonly instrumentId: string | null;
}

/** @param instrumentIndex of the instrument in the record's list. */
export function tradeRow(instrumentIndex: number, trade: ToldTrade): TradeRow {
  return [
    instrumentIndex,
    trade.tradeId as string,
    trade.price as string,
    trade.quantity as string,
    trade.takerSide as TradeRow[4],
    trade.timeMs as number,
    trade.receivedAtMs,
  ];
}

/** As the reader of its record will read it. @returns the trade, or one line that says what is wrong with it. */
export function readToldTrade(trade: ToldTrade): ReceivedTrade | string {
  return readTradeRow(tradeRow(0, trade), [trade.instrumentId]);
}

/** The hot path: plain checks, no schema, one trade. @returns the trade, or one line that says what is wrong with it. */
export function readTradeRow(row: unknown, instruments: readonly string[]): ReceivedTrade | string {
  if (!Array.isArray(row) || row.length !== 7) return 'expected a row of 7 fields';
  const [index, idText, priceText, quantityText, side, at, receivedAtMs] = row as unknown[];
  const instrumentId = typeof index === 'number' ? instruments[index] : undefined;
  if (instrumentId === undefined) return `no such instrument: ${String(index)}`;
  const tradeId = parseTradeId(idText);
  if (tradeId === null) return `trade id: expected digits, got ${JSON.stringify(idText)}`;
  const price = typeof priceText === 'string' ? parseDecimal(priceText) : null;
  if (price === null || price <= 0n)
    return `price: expected a decimal above zero, got ${JSON.stringify(priceText)}`;
  const quantity = typeof quantityText === 'string' ? parseDecimal(quantityText) : null;
  if (quantity === null || quantity <= 0n) {
    return `quantity: expected a decimal above zero, got ${JSON.stringify(quantityText)}`;
  }
  if (price > COMMON_AMOUNT || quantity > COMMON_AMOUNT) {
    const excess = excessOf(price, quantity);
    if (excess !== null) return excess;
  }
  if (side !== 'B' && side !== 'S') return `aggressor: expected B or S, got ${JSON.stringify(side)}`;
  if (!isTime(at)) return `time: expected milliseconds since the epoch, got ${JSON.stringify(at)}`;
  if (!isTime(receivedAtMs))
    return `received time: expected milliseconds, got ${JSON.stringify(receivedAtMs)}`;
  if (at > receivedAtMs + MAX_AHEAD_MS)
    return `time: ${at} lies more than an hour after it was received (${receivedAtMs})`;
  return {
    instrumentId,
    tradeId,
    price,
    quantity,
    takerSide: side === 'B' ? 'BUY' : 'SELL',
    timeMs: at,
    receivedAtMs,
  };
}

/** Two amounts up to this multiply to less than MAX_NOTIONAL: nearly every trade is done with two comparisons. */
const COMMON_AMOUNT = 10n ** 9n * ONE;
const MAX_AMOUNT = 10n ** 15n * ONE;
/** A candle of a hundred million such trades still fits the 26 digits of a decimal; one trade beyond could spoil it. */
const MAX_NOTIONAL = 10n ** 18n * ONE;

function excessOf(price: Decimal, quantity: Decimal): string | null {
  const amounts = [
    ['price', price],
    ['quantity', quantity],
  ] as const;
  for (const [name, amount] of amounts) {
    if (amount > MAX_AMOUNT)
      return `${name}: expected at most ${formatDecimal(MAX_AMOUNT)}, got "${formatDecimal(amount)}"`;
  }
  if (multiply(price, quantity) <= MAX_NOTIONAL) return null;
  return `notional: expected at most ${formatDecimal(MAX_NOTIONAL)}, got "${formatDecimal(price)}" × "${formatDecimal(quantity)}"`;
}

/** Venue clocks run ahead of ours by seconds; an hour is a fault that would close every open candle. */
const MAX_AHEAD_MS = 3_600_000;

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < MAX_TIME_MS;
}

/** Whether a trade's time is believed here: a time that is not must not move a watermark either. */
export function isTradeTime(at: unknown, receivedAtMs: number): at is number {
  return isTime(at) && at <= receivedAtMs + MAX_AHEAD_MS;
}

export function poisonRow(cause: string, row: unknown, instruments: readonly string[]): PoisonTrade {
  const index = Array.isArray(row) ? (row as unknown[])[0] : undefined;
  const name = typeof index === 'number' ? instruments[index] : undefined;
  const instrumentId = name !== undefined && isInstrumentId(name) ? name : null;
  return { cause, payload: JSON.stringify({ instrumentId: name ?? null, row }), instrumentId };
}

/** Of a trade that was set aside. @returns an empty row when the payload holds none. */
export function rowOfPoison(payload: string): readonly unknown[] {
  try {
    const { row } = JSON.parse(payload) as { row?: unknown };
    return Array.isArray(row) ? (row as unknown[]) : [];
  } catch {
    return [];
  }
}

/** Fields of the fix take the place of the row's; what neither has stays missing, and its reader says so. */
export function mendRow(row: readonly unknown[], fix: TradeFix, quarantinedAtMs: number): readonly unknown[] {
  const [, tradeId, price, quantity, side, timeMs, receivedAtMs] = row;
  return [
    0,
    fix.tradeId ?? tradeId,
    fix.price ?? price,
    fix.quantity ?? quantity,
    fix.side === undefined ? side : fix.side === 'BUY' ? 'B' : 'S',
    fix.timeMs ?? timeMs,
    receivedAtMs ?? quarantinedAtMs,
  ];
}
