/**
 * The folds of a lane in a seventh of their JSON. Nearly every number is close to another one, so it is written as the
 * distance from that: a longer candle ends where the shorter one begins, with its price, time and trade id; what is
 * bought and what is paid go with each other. Amounts are whole multiples of the smallest step that all of an
 * instrument's share. Nothing is rounded.
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

const INTERRUPTED = 1;
const HAS_CLOSING = 2;
const HAS_GIVEN_UP = 4;
/** Every interval was watched since the same time. */
const SINCE_ONE_TIME = 8;

function packFold(out: NumberWriter, fold: StoredFold, nowMs: number): void {
  const { instrumentId, seen, watermarkMs, interrupted, closingTrade, intervals } = fold;
  const { lastId, givenUpThroughId } = seen;
  const steps = stepsOf(fold);
  const since = [...new Set(intervals.map(({ observedSinceMs }) => observedSinceMs))];
  out.text(instrumentId);
  writeSeen(out, seen);
  out.int(
    (interrupted ? INTERRUPTED : 0) |
      (closingTrade === null ? 0 : HAS_CLOSING) |
      (givenUpThroughId === undefined ? 0 : HAS_GIVEN_UP) |
      (since.length === 1 ? SINCE_ONE_TIME : 0),
  );
  if (givenUpThroughId !== undefined) out.int(lastId - givenUpThroughId);
  out.int(nowMs - watermarkMs);
  out.int((steps.price.zeros * STEPS + steps.quantity.zeros) * STEPS + steps.quote.zeros);
  out.int(intervals.reduce((bits, { interval }) => bits | (1 << INTERVALS.indexOf(interval)), 0));
  if (since.length === 1) out.int(watermarkMs - since[0]!);
  let edge: Edge = { price: 0n, timeMs: nowMs, tradeId: lastId };
  if (closingTrade !== null) {
    const price = stepsIn(closingTrade.price, steps.price);
    out.bigint(price);
    out.int(nowMs - closingTrade.timeMs);
    out.int(lastId - closingTrade.tradeId);
    edge = { ...edge, price };
  }
  for (const state of intervals) {
    if (since.length !== 1) out.int(watermarkMs - state.observedSinceMs);
    edge = packInterval(out, state, { nowMs, steps }, edge);
  }
}

function unpackFold(from: NumberReader, nowMs: number): StoredFold {
  const instrumentId = from.text();
  const seen = readSeen(from);
  const { lastId } = seen;
  const has = from.int();
  if ((has & HAS_GIVEN_UP) !== 0) seen.givenUpThroughId = lastId - from.int();
  const watermarkMs = nowMs - from.int();
  const zeros = from.int();
  const steps = {
    price: stepOf(Math.floor(zeros / (STEPS * STEPS))),
    quantity: stepOf(Math.floor(zeros / STEPS) % STEPS),
    quote: stepOf(zeros % STEPS),
  };
  const bits = from.int();
  const since = (has & SINCE_ONE_TIME) === 0 ? null : watermarkMs - from.int();
  let edge: Edge = { price: 0n, timeMs: nowMs, tradeId: lastId };
  let closingTrade: StoredClosingTrade | null = null;
  if ((has & HAS_CLOSING) !== 0) {
    const price = from.bigint();
    const timeMs = nowMs - from.int();
    closingTrade = { price: amountOf(price, steps.price), timeMs, tradeId: lastId - from.int() };
    edge = { ...edge, price };
  }
  const intervals: StoredInterval[] = [];
  for (const [n, interval] of INTERVALS.entries()) {
    if ((bits & (1 << n)) === 0) continue;
    const observedSinceMs = since ?? watermarkMs - from.int();
    const read = unpackInterval(from, interval, { nowMs, steps }, edge);
    intervals.push({ interval, observedSinceMs, ...read.state });
    edge = read.edge;
  }
  const interrupted = (has & INTERRUPTED) !== 0;
  return { instrumentId, seen, watermarkMs, interrupted, closingTrade, intervals };
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
  readonly steps: Steps;
}
/** Where the candle of the next shorter interval begins, and so nearly always this one ends. */
interface Edge {
  readonly price: bigint;
  readonly timeMs: number;
  /** Of the trade before. */
  readonly tradeId: number;
}

const POWERS = Array.from({ length: DECIMAL_PLACES + 1 }, (_, zeros) => 10n ** BigInt(zeros));
const STEPS = POWERS.length;

function stepOf(zeros: number): Step {
  const size = POWERS[zeros];
  if (size === undefined) throw new RangeError(`packed folds: no step of ${zeros} zeros`);
  return { zeros, size };
}

function stepsOf({ intervals, closingTrade }: StoredFold): Steps {
  const prices: string[] = closingTrade === null ? [] : [closingTrade.price];
  const quantities: string[] = [];
  const quotes: string[] = [];
  for (const { open } of intervals) {
    if (open === null) continue;
    prices.push(open.open, open.high, open.low, open.close);
    quantities.push(open.volume, open.takerBuyVolume);
    quotes.push(open.quoteVolume);
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

/** 0: none, else how many intervals before the one under way, and one. */
function packOpenTime(out: NumberWriter, nowMs: number, openTimeMs: number | null, interval: Interval): void {
  out.int(openTimeMs === null ? 0 : intervalsBefore(nowMs, openTimeMs, interval) + 1);
}

function unpackOpenTime(from: NumberReader, nowMs: number, interval: Interval): number | null {
  const code = from.int();
  return code === 0 ? null : openTimeBefore(nowMs, code - 1, interval);
}

/** @returns where the next longer candle ends. */
function packInterval(out: NumberWriter, state: StoredInterval, frame: Frame, edge: Edge): Edge {
  const { interval, open, previousOpenTimeMs } = state;
  packOpenTime(out, frame.nowMs, previousOpenTimeMs, interval);
  packOpenTime(out, frame.nowMs, open?.openTimeMs ?? null, interval);
  return open === null ? edge : packOpen(out, open, frame.steps, edge);
}

function unpackInterval(
  from: NumberReader,
  interval: Interval,
  { nowMs, steps }: Frame,
  edge: Edge,
): { readonly state: Pick<StoredInterval, 'open' | 'previousOpenTimeMs'>; readonly edge: Edge } {
  const previousOpenTimeMs = unpackOpenTime(from, nowMs, interval);
  const openTimeMs = unpackOpenTime(from, nowMs, interval);
  if (openTimeMs === null) return { state: { open: null, previousOpenTimeMs }, edge };
  const read = unpackOpen(from, openTimeMs, steps, edge);
  return { state: { open: read.open, previousOpenTimeMs }, edge: read.edge };
}

function packOpen(out: NumberWriter, candle: StoredOpenCandle, steps: Steps, edge: Edge): Edge {
  const open = stepsIn(candle.open, steps.price);
  const high = stepsIn(candle.high, steps.price);
  const low = stepsIn(candle.low, steps.price);
  const close = stepsIn(candle.close, steps.price);
  const volume = stepsIn(candle.volume, steps.quantity);
  out.bigint(close - edge.price);
  out.bigint(open - close);
  out.bigint(high - greater(open, close));
  out.bigint(lesser(open, close) - low);
  out.bigint(volume);
  out.bigint(stepsIn(candle.quoteVolume, steps.quote) - expectedQuote(volume, high + low, steps));
  out.bigint(volume - stepsIn(candle.takerBuyVolume, steps.quantity));
  packDistance(out, edge.tradeId, candle.lastTradeId);
  packDistance(out, candle.lastTradeId, candle.firstTradeId);
  packDistance(out, candle.lastTradeId - candle.firstTradeId, candle.tradeCount);
  packDistance(out, candle.firstTradeId, candle.precedingTradeId);
  out.int(edge.timeMs - candle.lastTimeMs);
  out.int(candle.firstTimeMs - candle.openTimeMs);
  return { price: open, timeMs: candle.firstTimeMs, tradeId: candle.firstTradeId - 1 };
}

function unpackOpen(
  from: NumberReader,
  openTimeMs: number,
  steps: Steps,
  edge: Edge,
): { readonly open: StoredOpenCandle; readonly edge: Edge } {
  const close = edge.price + from.bigint();
  const price = close + from.bigint();
  const high = greater(price, close) + from.bigint();
  const low = lesser(price, close) - from.bigint();
  const volume = from.bigint();
  const quoteVolume = from.bigint() + expectedQuote(volume, high + low, steps);
  const takerBuyVolume = volume - from.bigint();
  const lastTradeId = atDistance(from, edge.tradeId);
  const firstTradeId = atDistance(from, lastTradeId);
  const tradeCount = atDistance(from, lastTradeId - firstTradeId);
  const precedingTradeId = atDistance(from, firstTradeId);
  const lastTimeMs = edge.timeMs - from.int();
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
    lastTimeMs,
    precedingTradeId,
  };
  return { open, edge: { price, timeMs: firstTimeMs, tradeId: firstTradeId - 1 } };
}

/** Of two ids that a double holds it may be more than one does. */
function packDistance(out: NumberWriter, a: number, b: number): void {
  out.bigint(BigInt(a) - BigInt(b));
}

function atDistance(from: NumberReader, a: number): number {
  return Number(BigInt(a) - from.bigint());
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What the volume would cost in the middle of the candle. */
function expectedQuote(volume: bigint, twiceMiddle: bigint, { price, quantity, quote }: Steps): bigint {
  return (volume * quantity.size * twiceMiddle * price.size) / (2n * POWERS.at(-1)! * quote.size);
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
