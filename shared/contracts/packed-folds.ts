/**
 * The folds of a lane in a seventh of their JSON. Nearly every number is close to another one, so it is written as the
 * distance from that: a longer candle ends where the shorter one begins, with its price, time and trade id; what is
 * bought and what is paid go with each other. Amounts are whole multiples of the smallest step that all of an
 * instrument's share. Nothing is rounded.
 */
import { intervalMs, INTERVALS, type Interval } from '../domain/candles/interval.ts';
import { exchangeOf } from '../domain/market-data/instrument.ts';
import { DECIMAL_PLACES } from '../domain/decimal.ts';
import type { StoredClosingTrade, StoredFold } from './lane-candles.ts';
import { NumberReader, NumberWriter } from './packed-numbers.ts';
import {
  amountOf,
  hasUsualIds,
  packOpen,
  stepOf,
  STEPS,
  stepsIn,
  unpackOpen,
  type Edge,
  type Step,
  type Steps,
} from './packed-open-candle.ts';
import { readSeen, writeSeen } from './packed-seen-trades.ts';

interface Frame {
  readonly nowMs: number;
  readonly steps: Steps;
}
type StoredInterval = StoredFold['intervals'][number];

export function packFolds(folds: readonly StoredFold[]): string {
  const out = new NumberWriter();
  const nowMs = Math.max(-1, ...folds.map(({ watermarkMs }) => watermarkMs));
  const exchange = folds.length === 0 ? '' : `${exchangeOf(folds[0]!.instrumentId)}:`;
  out.int(folds.length);
  out.int(nowMs);
  out.text(exchange);
  for (const fold of folds) packFold(out, fold, nowMs, exchange);
  return out.base64();
}

export function unpackFolds(packed: string): StoredFold[] {
  const from = new NumberReader(packed);
  const count = from.int();
  const nowMs = from.int();
  const exchange = from.text();
  return Array.from({ length: count }, () => unpackFold(from, nowMs, exchange));
}

const INTERRUPTED = 1;
const HAS_CLOSING = 2;
const HAS_GIVEN_UP = 4;
/** Every interval was watched since the same time. */
const SINCE_ONE_TIME = 8;
const HAS_NEWEST = 16;
/** The venue's ids began anew. */
const HAS_RESET = 32;

/** @param exchange of the lane, with its colon: a name that has none is of it */
function packFold(out: NumberWriter, fold: StoredFold, nowMs: number, exchange: string): void {
  const { instrumentId, seen, watermarkMs, interrupted, closingTrade, intervals } = fold;
  const { lastId, givenUpThroughId, newestMs, sinceMs } = seen;
  const steps = stepsOf(fold);
  const since = [...new Set(intervals.map(({ observedSinceMs }) => observedSinceMs))];
  out.text(instrumentId.startsWith(exchange) ? instrumentId.slice(exchange.length) : instrumentId);
  writeSeen(out, seen);
  out.int(
    (interrupted ? INTERRUPTED : 0) |
      (closingTrade === null ? 0 : HAS_CLOSING) |
      (givenUpThroughId === undefined ? 0 : HAS_GIVEN_UP) |
      (since.length === 1 ? SINCE_ONE_TIME : 0) |
      (newestMs === undefined ? 0 : HAS_NEWEST) |
      (sinceMs === undefined ? 0 : HAS_RESET),
  );
  if (givenUpThroughId !== undefined) out.int(lastId - givenUpThroughId);
  out.int(nowMs - watermarkMs);
  if (newestMs !== undefined) out.int(watermarkMs - newestMs);
  if (sinceMs !== undefined) out.int(watermarkMs - sinceMs);
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

function unpackFold(from: NumberReader, nowMs: number, exchange: string): StoredFold {
  const name = from.text();
  const instrumentId = name.includes(':') ? name : `${exchange}${name}`;
  const seen = readSeen(from);
  const { lastId } = seen;
  const has = from.int();
  if ((has & HAS_GIVEN_UP) !== 0) seen.givenUpThroughId = lastId - from.int();
  const watermarkMs = nowMs - from.int();
  if ((has & HAS_NEWEST) !== 0) seen.newestMs = watermarkMs - from.int();
  if ((has & HAS_RESET) !== 0) seen.sinceMs = watermarkMs - from.int();
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

/** 0: none, else how many intervals before the one under way, and one. */
function codeOf(openTimeMs: number | null, nowMs: number, interval: Interval): number {
  return openTimeMs === null ? 0 : intervalsBefore(nowMs, openTimeMs, interval) + 1;
}

function openTimeOfCode(code: number, nowMs: number, interval: Interval): number | null {
  return code === 0 ? null : openTimeBefore(nowMs, code - 1, interval);
}

/** What a market with trades in each interval has: a candle under way, and the one before it. */
const USUAL = { open: 1, previous: 2 };
const OTHER_TIMES = 1;
/** A trade is missing, came late, or another venue skips ids: else they follow each other without a gap. */
const OTHER_IDS = 2;
const FLAGGED = 4;

/** @returns where the next longer candle ends. */
function packInterval(out: NumberWriter, state: StoredInterval, frame: Frame, edge: Edge): Edge {
  const { interval, open, previousOpenTimeMs } = state;
  const previousCode = codeOf(previousOpenTimeMs, frame.nowMs, interval);
  const openCode = codeOf(open?.openTimeMs ?? null, frame.nowMs, interval);
  const hasOtherTimes = previousCode !== USUAL.previous || openCode !== USUAL.open;
  const hasOtherIds = open !== null && !hasUsualIds(open, edge);
  const quality = open?.quality;
  out.int(
    (hasOtherTimes ? OTHER_TIMES : 0) | (hasOtherIds ? OTHER_IDS : 0) | (quality === undefined ? 0 : FLAGGED),
  );
  if (quality !== undefined) out.int(quality);
  if (hasOtherTimes) {
    out.int(previousCode);
    out.int(openCode);
  }
  return open === null ? edge : packOpen(out, open, { steps: frame.steps, hasOtherIds }, edge);
}

function unpackInterval(
  from: NumberReader,
  interval: Interval,
  { nowMs, steps }: Frame,
  edge: Edge,
): { readonly state: Pick<StoredInterval, 'open' | 'previousOpenTimeMs'>; readonly edge: Edge } {
  const has = from.int();
  const quality = (has & FLAGGED) === 0 ? null : from.int();
  const hasOtherTimes = (has & OTHER_TIMES) !== 0;
  const previousOpenTimeMs = openTimeOfCode(hasOtherTimes ? from.int() : USUAL.previous, nowMs, interval);
  const openTimeMs = openTimeOfCode(hasOtherTimes ? from.int() : USUAL.open, nowMs, interval);
  if (openTimeMs === null) return { state: { open: null, previousOpenTimeMs }, edge };
  const read = unpackOpen(from, openTimeMs, { steps, hasOtherIds: (has & OTHER_IDS) !== 0 }, edge);
  const open = quality === null ? read.open : { ...read.open, quality };
  return { state: { open, previousOpenTimeMs }, edge: read.edge };
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
