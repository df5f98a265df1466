/** The folds of a lane as version 1 packed them: each interval had seen each trade. */
import { intervalMs, INTERVALS, type Interval } from '../domain/candles/interval.ts';
import type { StoredClosingTrade, StoredFold, StoredOpenCandle } from './lane-candles.ts';
import { NumberReader } from './packed-numbers.ts';
import { amountOf, amountsOf, stepOf, type Steps } from './packed-open-candle.ts';
import { readSeen } from './packed-seen-trades.ts';

/** As versions 0 and 1 have it: every interval had seen every trade, since one time, and kept its closing trade. */
export interface FoldOfTrades extends Omit<StoredFold, 'intervals' | 'closingTrade'> {
  readonly observedSinceMs: number;
  readonly intervals: readonly {
    readonly interval: Interval;
    readonly open: StoredOpenCandle | null;
    readonly previousOpenTimeMs: number | null;
    /** Items from before it was kept are without: it comes with the next candle that closes. */
    readonly closingTrade?: StoredClosingTrade | null;
  }[];
}

type StoredInterval = FoldOfTrades['intervals'][number];

export function unpackFoldsOfTrades(packed: string): FoldOfTrades[] {
  const from = new NumberReader(packed);
  const count = from.int();
  const nowMs = from.int();
  return Array.from({ length: count }, () => unpackFold(from, nowMs));
}

function unpackFold(from: NumberReader, nowMs: number): FoldOfTrades {
  const instrumentId = from.text();
  const seen = readSeen(from);
  const { lastId } = seen;
  const watermarkMs = nowMs - from.int();
  const observedSinceMs = watermarkMs - from.int();
  const interrupted = from.int() === 1;
  const steps = { price: stepOf(from.int()), quantity: stepOf(from.int()), quote: stepOf(from.int()) };
  const intervals: StoredInterval[] = [];
  let price = 0n;
  for (let left = from.int(); left > 0; left--) {
    const read = unpackInterval(from, { nowMs, lastId, steps }, price);
    intervals.push(read.state);
    price = read.price;
  }
  return { instrumentId, seen, watermarkMs, observedSinceMs, interrupted, intervals };
}

interface Frame {
  readonly nowMs: number;
  readonly lastId: number;
  readonly steps: Steps;
}

const HAS_OPEN = 1;
const HAS_PREVIOUS = 2;
const HAS_CLOSING = 4;

function unpackInterval(
  from: NumberReader,
  frame: Frame,
  near: bigint,
): { readonly state: StoredInterval; readonly price: bigint } {
  const interval = INTERVALS[from.int()];
  if (interval === undefined) throw new RangeError('packed folds: no such interval');
  const has = from.int();
  const previousOpenTimeMs =
    (has & HAS_PREVIOUS) === 0 ? null : openTimeBefore(frame.nowMs, from.int(), interval);
  let price = near;
  let closingTrade: StoredClosingTrade | null = null;
  if ((has & HAS_CLOSING) !== 0) {
    price += from.bigint();
    const timeMs = frame.nowMs - from.int();
    closingTrade = { price: amountOf(price, frame.steps.price), timeMs, tradeId: frame.lastId - from.int() };
  }
  if ((has & HAS_OPEN) === 0)
    return { state: { interval, open: null, previousOpenTimeMs, closingTrade }, price };
  const read = unpackOpen(from, interval, frame, price);
  return { state: { interval, open: read.open, previousOpenTimeMs, closingTrade }, price: read.price };
}

function unpackOpen(
  from: NumberReader,
  interval: Interval,
  { nowMs, lastId, steps }: Frame,
  near: bigint,
): { readonly open: StoredOpenCandle; readonly price: bigint } {
  const openTimeMs = openTimeBefore(nowMs, from.int(), interval);
  const price = near + from.bigint();
  const high = price + from.bigint();
  const low = high - from.bigint();
  const close = high - from.bigint();
  const volume = from.bigint();
  const quoteVolume = from.bigint();
  const takerBuyVolume = volume - from.bigint();
  const tradeCount = from.int();
  const lastTradeId = lastId - from.int();
  const firstTradeId = lastTradeId - from.int();
  const precedingTradeId = firstTradeId - from.int();
  const firstTimeMs = openTimeMs + from.int();
  const open = {
    openTimeMs,
    ...amountsOf({ open: price, high, low, close, volume, quoteVolume, takerBuyVolume }, steps),
    tradeCount,
    firstTradeId,
    lastTradeId,
    firstTimeMs,
    lastTimeMs: firstTimeMs + from.int(),
    precedingTradeId,
  };
  return { open, price };
}

function openTimeBefore(nowMs: number, intervals: number, interval: Interval): number {
  const length = intervalMs(interval);
  return (Math.floor(nowMs / length) - intervals) * length;
}
