/**
 * The rows of a lane record: how trades are laid out in one, read from one, and set aside when they are none. Nothing else
 * knows which field stands where; those of books stand in book-rows.ts.
 */
import {
  DECIMAL_PLACES,
  formatDecimal,
  multiply,
  ONE,
  parseDecimal,
  type Decimal,
} from '../domain/decimal.ts';
import { isInstrumentId, type InstrumentId } from '../domain/market-data/instrument.ts';
import { UNFLAGGED } from '../domain/market-data/quality-flags.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { MAX_TRADE_ID, parseTradeId, type Trade } from '../domain/market-data/trade.ts';
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
  /** It answers a question, or is of the first that a subscription tells: it may be of long ago. */
  readonly isAnswer?: boolean;
  /** Bits of quality flags that the collector has set; left out: none. */
  readonly quality?: number;
}

/**
 * [instrument index, trade id, price, quantity, aggressor, venue time, received time, flags, whether it is an answer]: a row,
 * because there are millions. Nearly every one is without the last two.
 */
export type TradeRow = readonly [
  instrumentIndex: number,
  tradeId: string,
  price: string,
  quantity: string,
  takerSide: 'B' | 'S',
  timeMs: number,
  receivedAtMs: number,
  quality?: number,
  isAnswer?: 1,
];

const FIELDS = 7;
const MOST_FIELDS = 9;

/** A trade with the time we got it: a wall time, never hashed and never decided upon. */
export interface ReceivedTrade extends Trade {
  readonly receivedAtMs: number;
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
  const { quality = UNFLAGGED, isAnswer = false } = trade;
  const tradeId = trade.tradeId as string;
  const price = trade.price as string;
  const quantity = trade.quantity as string;
  const takerSide = trade.takerSide as TradeRow[4];
  const timeMs = trade.timeMs as number;
  const { receivedAtMs } = trade;
  if (isAnswer)
    return [instrumentIndex, tradeId, price, quantity, takerSide, timeMs, receivedAtMs, quality, 1];
  if (quality !== UNFLAGGED)
    return [instrumentIndex, tradeId, price, quantity, takerSide, timeMs, receivedAtMs, quality];
  return [instrumentIndex, tradeId, price, quantity, takerSide, timeMs, receivedAtMs];
}

/** As the reader of its record will read it. @returns the trade, or one line that says what is wrong with it. */
export function readToldTrade(trade: ToldTrade): ReceivedTrade | string {
  return readTradeRow(tradeRow(0, trade), [trade.instrumentId]);
}

/** The hot path: plain checks, no schema, one trade. @returns the trade, or one line that says what is wrong with it. */
export function readTradeRow(row: unknown, instruments: readonly string[]): ReceivedTrade | string {
  if (!Array.isArray(row) || row.length < FIELDS || row.length > MOST_FIELDS)
    return `expected a row of ${FIELDS} to ${MOST_FIELDS} fields`;
  const [index, idText, priceText, quantityText, side, at, receivedAtMs] = row as unknown[];
  const instrumentId = typeof index === 'number' ? instruments[index] : undefined;
  if (instrumentId === undefined) return `no such instrument: ${String(index)}`;
  const tradeId = parseTradeId(idText);
  if (tradeId === null) return `trade id: expected ${expectedId(idText)}, got ${JSON.stringify(idText)}`;
  const price = typeof priceText === 'string' ? parseDecimal(priceText) : null;
  if (price === null || price <= 0n)
    return `price: expected ${expectedAmount(priceText, price)}, got ${JSON.stringify(priceText)}`;
  const quantity = typeof quantityText === 'string' ? parseDecimal(quantityText) : null;
  if (quantity === null || quantity <= 0n) {
    return `quantity: expected ${expectedAmount(quantityText, quantity)}, got ${JSON.stringify(quantityText)}`;
  }
  if (price > COMMON_AMOUNT || quantity > COMMON_AMOUNT) {
    const excess = excessOf(price, quantity);
    if (excess !== null) return excess;
  }
  if (side !== 'B' && side !== 'S') return `aggressor: expected B or S, got ${JSON.stringify(side)}`;
  if (!isTime(at)) return `time: expected milliseconds since the epoch, got ${JSON.stringify(at)}`;
  if (!isTime(receivedAtMs))
    return `received time: expected milliseconds, got ${JSON.stringify(receivedAtMs)}`;
  if (at > receivedAtMs + MAX_AHEAD_MS || at < receivedAtMs - MAX_BEHIND_MS) {
    const cause = causeOfTime(at, receivedAtMs, row[8] === 1);
    if (cause !== null) return cause;
  }
  const trade: ReceivedTrade = {
    instrumentId,
    tradeId,
    price,
    quantity,
    takerSide: side === 'B' ? 'BUY' : 'SELL',
    timeMs: at,
    receivedAtMs,
  };
  const quality: unknown = row.length === FIELDS ? UNFLAGGED : row[FIELDS];
  if (quality === UNFLAGGED) return trade;
  if (typeof quality !== 'number' || !Number.isInteger(quality) || quality < 0 || quality >= MAX_QUALITY)
    return `flags: expected their bits, got ${JSON.stringify(quality)}`;
  return { ...trade, quality };
}

const LONG_FRACTION = new RegExp(`^\\d+\\.\\d{${DECIMAL_PLACES + 1},}$`);

/** What an amount should have been. @param read as it was read; null: it is no decimal that can be held. */
export function expectedAmount(told: unknown, read: Decimal | null): string {
  const isTooFine = read === null && typeof told === 'string' && LONG_FRACTION.test(told);
  return isTooFine ? `at most ${DECIMAL_PLACES} decimal places` : 'a decimal above zero';
}

/** What an id should have been. */
export function expectedId(told: unknown): string {
  const isTooGreat = typeof told === 'string' && /^\d{16,}$/.test(told);
  return isTooGreat ? `at most ${MAX_TRADE_ID}` : 'digits';
}

/** The store has 32 bits for them. */
const MAX_QUALITY = 2 ** 32;

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
/** What a venue tells by itself it tells at once. What it is asked for may be as old as the market. */
export const MAX_BEHIND_MS = 86_400_000;

/** `null`: it is believed. */
function causeOfTime(at: number, receivedAtMs: number, isAnswer: boolean): string | null {
  if (at > receivedAtMs + MAX_AHEAD_MS)
    return `time: ${at} lies more than an hour after it was received (${receivedAtMs})`;
  if (isAnswer) return null;
  const unit = isTradeTime(at * 1000, receivedAtMs) ? ': expected milliseconds, these are seconds' : '';
  return `time: ${at} lies more than a day before it was received (${receivedAtMs})${unit}`;
}

/** A time that a record may carry. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < MAX_TIME_MS;
}

/**
 * Whether a trade's time is believed here: a time that is not must not move a watermark either.
 * @param isAnswer what was asked for may be of long ago
 */
export function isTradeTime(at: unknown, receivedAtMs: number, isAnswer = false): at is number {
  return isTime(at) && at <= receivedAtMs + MAX_AHEAD_MS && (isAnswer || at >= receivedAtMs - MAX_BEHIND_MS);
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
    ...row.slice(FIELDS, MOST_FIELDS),
  ];
}
