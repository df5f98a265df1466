/**
 * The folds of a lane in a seventh of their JSON. Nearly every number is close to another one, so it is written as the
 * distance from that: times from the lane's latest watermark, trade ids from the instrument's last, prices from each
 * other, as whole multiples of the smallest step that all of them share. Nothing is rounded.
 */
import { intervalMs, INTERVALS, type Interval } from '../domain/candles/interval.ts';
import { decimal, DECIMAL_PLACES, formatDecimal } from '../domain/decimal.ts';
import type { StoredClosingTrade, StoredFold, StoredOpenCandle } from './lane-candles.ts';
import { NumberReader, NumberWriter } from './packed-numbers.ts';
import { readSeen, writeSeen } from './packed-seen-trades.ts';

type StoredInterval = StoredFold['intervals'][number];

export function packFolds(folds: readonly StoredFold[]): string {
  const out = new NumberWriter();
  const nowMs = Math.max(-1, ...folds.map(({ watermarkMs }) => watermarkMs));
  out.int(folds.length);
  out.int(nowMs);
  for (const fold of folds) packFold(out, fold, nowMs);
  return out.base64();
}

export function unpackFolds(packed: string): StoredFold[] {
  const from = new NumberReader(packed);
  const count = from.int();
  const nowMs = from.int();
  return Array.from({ length: count }, () => unpackFold(from, nowMs));
}

function packFold(out: NumberWriter, fold: StoredFold, nowMs: number): void {
  const { instrumentId, seen, watermarkMs, observedSinceMs, interrupted, intervals } = fold;
  const { lastId } = seen;
  out.text(instrumentId);
  writeSeen(out, seen);
  out.int(nowMs - watermarkMs);
  out.int(watermarkMs - observedSinceMs);
  out.int(interrupted ? 1 : 0);
  const steps = stepsOf(intervals);
  for (const { zeros } of [steps.price, steps.quantity, steps.quote]) out.int(zeros);
  out.int(intervals.length);
  let priceBefore = 0n;
  for (const state of intervals)
    priceBefore = packInterval(out, state, { nowMs, lastId, steps }, priceBefore);
}

function unpackFold(from: NumberReader, nowMs: number): StoredFold {
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

/** A power of ten that divides every amount of a kind. */
interface Step {
  readonly zeros: number;
  readonly size: bigint;
}
interface Steps {
  readonly price: Step;
  readonly quantity: Step;
  readonly quote: Step;
}
interface Frame {
  readonly nowMs: number;
  readonly lastId: number;
  readonly steps: Steps;
}

const POWERS = Array.from({ length: DECIMAL_PLACES + 1 }, (_, zeros) => 10n ** BigInt(zeros));

function stepOf(zeros: number): Step {
  const size = POWERS[zeros];
  if (size === undefined) throw new RangeError(`packed folds: no step of ${zeros} zeros`);
  return { zeros, size };
}

function stepsOf(intervals: readonly StoredInterval[]): Steps {
  const prices: string[] = [];
  const quantities: string[] = [];
  const quotes: string[] = [];
  for (const { open, closingTrade } of intervals) {
    if (open !== null) {
      prices.push(open.open, open.high, open.low, open.close);
      quantities.push(open.volume, open.takerBuyVolume);
      quotes.push(open.quoteVolume);
    }
    if (closingTrade) prices.push(closingTrade.price);
  }
  return { price: sharedStep(prices), quantity: sharedStep(quantities), quote: sharedStep(quotes) };
}

/** Canonical decimals have no zero at their end, so the longest fraction says how fine the step is. */
function sharedStep(amounts: readonly string[]): Step {
  let places = 0;
  for (const amount of amounts) {
    const point = amount.indexOf('.');
    if (point >= 0) places = Math.max(places, amount.length - point - 1);
  }
  return stepOf(DECIMAL_PLACES - places);
}

const stepsIn = (amount: string, { size }: Step): bigint => decimal(amount) / size;
const amountOf = (steps: bigint, { size }: Step): string => formatDecimal(steps * size);

const HAS_OPEN = 1;
const HAS_PREVIOUS = 2;
const HAS_CLOSING = 4;

/** @returns the price that the next interval's lie near. */
function packInterval(out: NumberWriter, state: StoredInterval, frame: Frame, near: bigint): bigint {
  const { interval, open, previousOpenTimeMs, closingTrade = null } = state;
  out.int(INTERVALS.indexOf(interval));
  out.int(
    (open === null ? 0 : HAS_OPEN) |
      (previousOpenTimeMs === null ? 0 : HAS_PREVIOUS) |
      (closingTrade === null ? 0 : HAS_CLOSING),
  );
  if (previousOpenTimeMs !== null) out.int(intervalsBefore(frame.nowMs, previousOpenTimeMs, interval));
  let price = near;
  if (closingTrade !== null) {
    const closing = stepsIn(closingTrade.price, frame.steps.price);
    out.bigint(closing - price);
    out.int(frame.nowMs - closingTrade.timeMs);
    out.int(frame.lastId - closingTrade.tradeId);
    price = closing;
  }
  return open === null ? price : packOpen(out, open, interval, frame, price);
}

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

function packOpen(
  out: NumberWriter,
  candle: StoredOpenCandle,
  interval: Interval,
  { nowMs, lastId, steps }: Frame,
  near: bigint,
): bigint {
  const open = stepsIn(candle.open, steps.price);
  const high = stepsIn(candle.high, steps.price);
  const volume = stepsIn(candle.volume, steps.quantity);
  out.int(intervalsBefore(nowMs, candle.openTimeMs, interval));
  out.bigint(open - near);
  out.bigint(high - open);
  out.bigint(high - stepsIn(candle.low, steps.price));
  out.bigint(high - stepsIn(candle.close, steps.price));
  out.bigint(volume);
  out.bigint(stepsIn(candle.quoteVolume, steps.quote));
  out.bigint(volume - stepsIn(candle.takerBuyVolume, steps.quantity));
  out.int(candle.tradeCount);
  out.int(lastId - candle.lastTradeId);
  out.int(candle.lastTradeId - candle.firstTradeId);
  out.int(candle.firstTradeId - candle.precedingTradeId);
  out.int(candle.firstTimeMs - candle.openTimeMs);
  out.int(candle.lastTimeMs - candle.firstTimeMs);
  return open;
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
    open: amountOf(price, steps.price),
    high: amountOf(high, steps.price),
    low: amountOf(low, steps.price),
    close: amountOf(close, steps.price),
    volume: amountOf(volume, steps.quantity),
    quoteVolume: amountOf(quoteVolume, steps.quote),
    takerBuyVolume: amountOf(takerBuyVolume, steps.quantity),
    tradeCount,
    firstTradeId,
    lastTradeId,
    firstTimeMs,
    lastTimeMs: firstTimeMs + from.int(),
    precedingTradeId,
  };
  return { open, price };
}

/** Open times lie on the grid of their interval. */
function intervalsBefore(nowMs: number, openTimeMs: number, interval: Interval): number {
  const length = intervalMs(interval);
  if (openTimeMs % length !== 0) throw new RangeError(`packed folds: ${openTimeMs} opens no ${interval}`);
  return Math.floor(nowMs / length) - openTimeMs / length;
}

function openTimeBefore(nowMs: number, intervals: number, interval: Interval): number {
  const length = intervalMs(interval);
  return (Math.floor(nowMs / length) - intervals) * length;
}
