/**
 * What travels on the streams. A record packs many trades of one lane; orders for the paper venue enter
 * the same lane, which is what puts them in one order with the tape.
 */
import * as z from 'zod';
import { formatDecimal, multiply, ONE, parseDecimal, type Decimal } from '../domain/decimal.ts';
import { isInstrumentId } from '../domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { parseTradeId, type Trade } from '../domain/market-data/trade.ts';
import { order, timeMs } from './events.ts';
import { fence } from './fence.ts';

/** Kinesis bills a record by its size and takes at most 1 MB; 500 trades are about 45 KB. */
export const MAX_TRADES_A_RECORD = 500;

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

export interface TradesRecordV1 {
  readonly v: 1;
  readonly kind: 'trades';
  readonly lane: string;
  /** Of the collector that sent it; left out where no lease is held, as in a replay. */
  readonly fence?: number;
  /**
   * Names one unbroken observation of the venue, over as many connections as it took; a new one means that trades may
   * have been missed of which no later id will tell.
   */
  readonly sessionId: string;
  readonly instruments: readonly string[];
  readonly trades: readonly TradeRow[];
  /** Venue time that a heartbeat proved for all instruments of the lane, less the 1 s grace; null: none. */
  readonly laneWatermarkMs: number | null;
  /** [instrument index, time]: no trade of the instrument before this time will follow. */
  readonly watermarks: readonly (readonly [instrumentIndex: number, timeMs: number])[];
  /** [instrument index, trade id]: the trade that moved the instrument's watermark, and follows in a later record. */
  readonly nextTradeIds?: readonly (readonly [instrumentIndex: number, tradeId: string])[];
  /** What a venue message said that could not be read as a trade, whole: [raw text, cause]. */
  readonly malformed?: readonly (readonly [raw: string, cause: string])[];
}

export const orderRecord = z.object({ v: z.literal(1), kind: z.literal('order'), lane: z.string(), order });
export type OrderRecordV1 = z.infer<typeof orderRecord>;

/** An order that may or may not have been sent down the lane before is not to fill any more, for this reason. */
const withdrawalRecord = orderRecord.extend({ kind: z.literal('withdrawal'), reason: z.string() });
export type WithdrawalRecordV1 = z.infer<typeof withdrawalRecord>;

/** A trade with the time we got it: a wall time, never hashed and never decided upon. */
export interface ReceivedTrade extends Trade {
  readonly receivedAtMs: number;
}

export interface PoisonTrade {
  readonly cause: string;
  /** The row or the raw message, as JSON text: what quarantine keeps. */
  readonly payload: string;
  readonly instrumentId: string | null;
}

export interface Watermark {
  readonly instrumentId: string;
  /** No trade of the instrument before this time will follow. */
  readonly timeMs: number;
  /** Of the trade that will, where the sender knew it; null: it did not. */
  readonly nextTradeId: number | null;
}

export type LaneRecord =
  | {
      readonly kind: 'trades';
      readonly lane: string;
      /** null: it passes whatever the lane's is. */
      readonly fence: number | null;
      readonly sessionId: string;
      readonly instruments: readonly string[];
      readonly trades: readonly ReceivedTrade[];
      readonly poison: readonly PoisonTrade[];
      readonly laneWatermarkMs: number | null;
      readonly watermarks: readonly Watermark[];
    }
  | { readonly kind: 'order'; readonly lane: string; readonly order: OrderRecordV1['order'] }
  | {
      readonly kind: 'withdrawal';
      readonly lane: string;
      readonly order: OrderRecordV1['order'];
      readonly reason: string;
    }
  | { readonly kind: 'unreadable'; readonly cause: string; readonly payload: string };

const tradesEnvelope = z.object({
  v: z.literal(1),
  kind: z.literal('trades'),
  lane: z.string().regex(/^[a-z][a-z0-9]+#\d+$/),
  fence: fence.optional(),
  sessionId: z.string().max(100),
  instruments: z.array(z.string()).max(1024),
  trades: z.array(z.unknown()).max(MAX_TRADES_A_RECORD),
  laneWatermarkMs: timeMs.nullable(),
  watermarks: z.array(z.tuple([z.int().min(0), timeMs])).max(1024),
  nextTradeIds: z
    .array(z.tuple([z.int().min(0), z.string()]))
    .max(1024)
    .optional(),
  malformed: z.array(z.tuple([z.string(), z.string()])).optional(),
});

/**
 * Reads one record. A trade that is not one is set aside with its cause and the rest of the record goes on:
 * a poison trade must never block its lane.
 */
export function parseLaneRecord(data: string): LaneRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (error) {
    return { kind: 'unreadable', cause: `not JSON: ${(error as Error).message}`, payload: data };
  }
  const kind = typeof parsed === 'object' && parsed !== null && 'kind' in parsed ? parsed.kind : null;
  if (kind === 'order' || kind === 'withdrawal') {
    const result = (kind === 'order' ? orderRecord : withdrawalRecord).safeParse(parsed);
    if (!result.success) return { kind: 'unreadable', cause: firstIssue(result.error), payload: data };
    return result.data;
  }
  const envelope = tradesEnvelope.safeParse(parsed);
  if (!envelope.success) return { kind: 'unreadable', cause: firstIssue(envelope.error), payload: data };
  return readTrades(envelope.data);
}

function readTrades(envelope: z.infer<typeof tradesEnvelope>): LaneRecord {
  const trades: ReceivedTrade[] = [];
  const poison: PoisonTrade[] = [];
  const { instruments } = envelope;
  for (const row of envelope.trades) {
    const trade = readTradeRow(row, instruments);
    if (typeof trade === 'string') poison.push(poisonTrade(trade, row, instruments));
    else trades.push(trade);
  }
  for (const [raw, cause] of envelope.malformed ?? [])
    poison.push({ cause, payload: raw, instrumentId: null });
  return {
    kind: 'trades',
    lane: envelope.lane,
    fence: envelope.fence ?? null,
    sessionId: envelope.sessionId,
    instruments,
    trades,
    poison,
    laneWatermarkMs: envelope.laneWatermarkMs,
    watermarks: readWatermarks(envelope),
  };
}

function readWatermarks({
  instruments,
  watermarks,
  nextTradeIds,
}: z.infer<typeof tradesEnvelope>): Watermark[] {
  const next = new Map(nextTradeIds);
  return watermarks.flatMap(([index, at]) => {
    const instrumentId = instruments[index];
    if (instrumentId === undefined) return [];
    return [{ instrumentId, timeMs: at, nextTradeId: parseTradeId(next.get(index)) }];
  });
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

function poisonTrade(cause: string, row: unknown, instruments: readonly string[]): PoisonTrade {
  const index = Array.isArray(row) ? (row as unknown[])[0] : undefined;
  const name = typeof index === 'number' ? instruments[index] : undefined;
  const instrumentId = name !== undefined && isInstrumentId(name) ? name : null;
  return { cause, payload: JSON.stringify({ instrumentId: name ?? null, row }), instrumentId };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'unreadable';
}

/** Session of trades that come again out of quarantine: no connection to the venue, so none was broken. */
export const REDRIVE_SESSION = 'redrive';
