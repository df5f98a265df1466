/**
 * Folds the trades of one instrument into candles of several intervals. The result depends on the set of trades
 * and on the watermarks between them, never on how the tape was cut into batches. Only the shortest interval sees each
 * trade: a longer candle is made of those of the next shorter interval as they close, to the same digit.
 */
import type { InstrumentId } from '../market-data/instrument.ts';
import { flaggedWith, isFlagged, qualityOf, UNFLAGGED } from '../market-data/quality-flags.ts';
import {
  isMissing,
  isRegression,
  mayLack,
  nothingSeen,
  observeEarlier,
  observeTrade,
  type SeenTrades,
} from '../market-data/seen-trades.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { intervalMs, openTimeOf, shortestFirst, type Interval } from './interval.ts';
import { closedBeforeGap } from './filled-gap.ts';
import { firstIdBehind } from './first-candle.ts';
import { addToOpen, joinCandle, openCandle, type OpenCandle } from './open-candle.ts';

/** The last trade of a candle by (time, id): its price is the close, its time says which candle. */
export type ClosingTrade = Pick<Trade, 'price' | 'timeMs' | 'tradeId'>;

export interface IntervalFold {
  readonly interval: Interval;
  /** Candles that open at or after this time were watched from their open. −1: nothing was watched yet. */
  observedSinceMs: number;
  /**
   * Of the shortest interval the candle under way. Of a longer one what is in it besides the open candles of the shorter
   * ones: they are added when they close.
   */
  open: OpenCandle | null;
  /** Open time of the last candle that was closed and announced. */
  previousOpenTimeMs: number | null;
}

/** What is known of an instrument, as it is kept. */
export interface FoldState {
  readonly instrumentId: InstrumentId;
  readonly seen: SeenTrades;
  /** No trade before this time is expected any more. −1 before the first. */
  watermarkMs: number;
  /**
   * What is open may lack trades at its end: since the last trade the observation was broken off, or the next one is
   * known to leave a gap.
   */
  interrupted: boolean;
  /** Of the latest closed candle of the shortest interval in its latest revision, also where late trades alone made it. */
  closingTrade: ClosingTrade | null;
  /** Shortest first; each divides the next. */
  readonly intervals: readonly IntervalFold[];
}

export interface InstrumentFold extends FoldState {
  /** When the first of the open candles ends: before that a watermark closes nothing. */
  closesAtMs: number;
}

/** A closed candle, and the open time of the one closed before it. */
export interface ClosedCandle extends Candle {
  readonly previousOpenTimeMs: number | null;
}

/**
 * A trade for a candle that is closed already, or that only the stored trades can tell from a known one: its candle is to be
 * made again of them, once it is closed.
 */
export interface LateTrade {
  readonly interval: Interval;
  readonly trade: Trade;
  /** It is the last of a closed candle, behind which another that came late was missing. */
  readonly isNeighbour?: true;
}

/** Where a fold puts what happened: arrays given by the caller, since nearly always nothing does. */
export interface FoldOutcomes {
  readonly closed: ClosedCandle[];
  readonly late: LateTrade[];
}

export function startFold(instrumentId: InstrumentId, intervals: readonly Interval[]): InstrumentFold {
  return {
    instrumentId,
    seen: nothingSeen(),
    watermarkMs: -1,
    interrupted: false,
    closingTrade: null,
    intervals: shortestFirst(intervals).map((interval) => ({
      interval,
      observedSinceMs: -1,
      open: null,
      previousOpenTimeMs: null,
    })),
    closesAtMs: Infinity,
  };
}

const RESET = qualityOf('reset');
const GAP = qualityOf('gap');
const ID_REGRESSION = qualityOf('id-regression');

/** Closed candles and late trades are added to `outcomes`. */
export function foldTrade(fold: InstrumentFold, trade: Trade, outcomes: FoldOutcomes): void {
  const { quality = UNFLAGGED, tradeId, timeMs } = trade;
  if (quality !== UNFLAGGED && isFlagged(quality, 'future-time')) {
    foldAhead(fold, trade, outcomes);
    return;
  }
  const precedingTradeId = fold.seen.lastId;
  const observation = observeTrade(fold.seen, tradeId, timeMs);
  if (observation === 'undecided') {
    foldUndecided(fold, trade, outcomes);
    return;
  }
  if (observation === 'reset') {
    foldReset(fold, trade, outcomes);
    return;
  }
  if (observation === 'next') fold.interrupted = false;
  if (timeMs > fold.watermarkMs) advanceWatermark(fold, timeMs, outcomes);
  // From here on the ids tell what is missing. A late trade says nothing of what came after the last one.
  if (observation !== 'late') fold.interrupted = false;
  addOrPlace(fold, trade, precedingTradeId, outcomes);
  if (observation === 'late') outcomes.late.push(...closedBeforeGap(fold, trade));
}

function addOrPlace(
  fold: InstrumentFold,
  trade: Trade,
  precedingTradeId: number,
  outcomes: FoldOutcomes,
): void {
  const { open, interval } = fold.intervals[0]!;
  if (open !== null && trade.timeMs >= open.openTimeMs && trade.timeMs < endOf(open.openTimeMs, interval))
    addToOpen(open, trade);
  else placeTrade(fold, trade, precedingTradeId, outcomes);
}

/** Its id goes on; where its time lies is not believed before time itself has come there, so it moves no watermark. */
function foldAhead(fold: InstrumentFold, trade: Trade, outcomes: FoldOutcomes): void {
  const { seen, intervals } = fold;
  if (observeTrade(seen, trade.tradeId, seen.newestMs ?? -1) === 'next') fold.interrupted = false;
  for (const { interval } of intervals) outcomes.late.push({ interval, trade });
}

/** Nobody knows how many trades followed the last one before it, nor how many went before it. */
function foldReset(fold: InstrumentFold, trade: Trade, outcomes: FoldOutcomes): void {
  fold.interrupted = true;
  if (trade.timeMs > fold.watermarkMs) advanceWatermark(fold, trade.timeMs, outcomes);
  fold.interrupted = false;
  addOrPlace(fold, flaggedWith(trade, RESET), trade.tradeId - 1, outcomes);
  // `mayLack` knows everything below the first id as given up.
  for (const { open } of fold.intervals)
    if (open !== null) open.precedingTradeId = Math.min(open.precedingTradeId, trade.tradeId - 2);
}

function foldUndecided(fold: InstrumentFold, trade: Trade, outcomes: FoldOutcomes): void {
  const firstId = firstIdBehind(fold, trade);
  if (firstId === null) {
    const goesBack = isRegression(fold.seen, trade.tradeId, trade.timeMs);
    const late = goesBack ? flaggedWith(trade, ID_REGRESSION) : trade;
    for (const { interval } of fold.intervals) outcomes.late.push({ interval, trade: late });
    return;
  }
  observeEarlier(fold.seen, trade.tradeId, firstId);
  for (const state of fold.intervals) state.observedSinceMs = Math.min(state.observedSinceMs, trade.timeMs);
  addOrPlace(fold, trade, trade.tradeId - 1, outcomes);
}

/** Into the shortest candle that is not closed; of those that are, it is late. */
function placeTrade(
  fold: InstrumentFold,
  trade: Trade,
  precedingTradeId: number,
  outcomes: FoldOutcomes,
): void {
  for (const state of fold.intervals) {
    const openTimeMs = openTimeOf(trade.timeMs, state.interval);
    if (endOf(openTimeMs, state.interval) <= fold.watermarkMs) {
      outcomes.late.push({ interval: state.interval, trade });
      if (state === fold.intervals[0]) noteClose(fold, trade);
      continue;
    }
    if (state.open === null) {
      state.open = openCandle(openTimeMs, trade, precedingTradeId);
      noteEnd(fold, openTimeMs, state.interval);
    } else addToOpen(state.open, trade);
    return;
  }
}

/**
 * No trade before this time will follow: candles that end by then are closed.
 * @param nextTradeId of the trade that does follow, where it is known: candles are then as complete as if that trade
 *   had closed them.
 */
export function advanceWatermark(
  fold: InstrumentFold,
  timeMs: number,
  outcomes: FoldOutcomes,
  nextTradeId: number | null = null,
): void {
  if (timeMs <= fold.watermarkMs) return;
  if (fold.watermarkMs < 0) beginObservation(fold, timeMs);
  fold.watermarkMs = timeMs;
  const lacksNext = nextTradeId !== null && lookAhead(fold, nextTradeId);
  if (timeMs >= fold.closesAtMs) closeCandles(fold, outcomes, lacksNext);
}

function beginObservation(fold: InstrumentFold, timeMs: number): void {
  for (const state of fold.intervals) state.observedSinceMs = timeMs;
}

/** Shortest first, which is in order of their ends: what closes is in the next longer one before that closes, too. */
function closeCandles(fold: InstrumentFold, outcomes: FoldOutcomes, lacksNext: boolean): void {
  const { intervals, watermarkMs } = fold;
  fold.closesAtMs = Infinity;
  for (let n = 0; n < intervals.length; n++) {
    const state = intervals[n]!;
    const { open, interval } = state;
    if (open === null) continue;
    if (endOf(open.openTimeMs, interval) > watermarkMs) {
      noteEnd(fold, open.openTimeMs, interval);
      continue;
    }
    outcomes.closed.push(closeCandle(fold, state, open, lacksNext));
    state.previousOpenTimeMs = open.openTimeMs;
    state.open = null;
    if (n === 0)
      fold.closingTrade = { price: open.close, timeMs: open.lastTimeMs, tradeId: open.lastTradeId };
    const longer = intervals[n + 1];
    if (longer !== undefined) longer.open = joinCandle(longer.open, open, longer.interval);
  }
}

function endOf(openTimeMs: number, interval: Interval): number {
  return openTimeMs + intervalMs(interval);
}

export function noteEnd(fold: InstrumentFold, openTimeMs: number, interval: Interval): void {
  fold.closesAtMs = Math.min(fold.closesAtMs, endOf(openTimeMs, interval));
}

/**
 * A late trade after the last one of all closed candles is the close of the latest: of its new revision, or of a
 * candle that nobody knew of, where the trade lies in an interval that had none.
 */
export function noteClose(fold: InstrumentFold, { price, timeMs, tradeId }: ClosingTrade): void {
  const last = fold.closingTrade;
  const isLast = last === null || timeMs > last.timeMs || (timeMs === last.timeMs && tradeId > last.tradeId);
  if (isLast) fold.closingTrade = { price, timeMs, tradeId };
}

/** @returns whether ids are missing before it. */
function lookAhead(fold: InstrumentFold, nextTradeId: number): boolean {
  const { lastId } = fold.seen;
  if (lastId < 0) return false;
  if (nextTradeId > lastId) return (fold.interrupted = nextTradeId > lastId + 1);
  // The ids begin anew.
  if (!isMissing(fold.seen, nextTradeId)) fold.interrupted = true;
  return false;
}

/** The venue was lost from sight for a while, and nobody knows whether trades passed unseen. */
export function noteInterruption(fold: InstrumentFold): void {
  fold.interrupted = true;
}

function closeCandle(
  fold: InstrumentFold,
  state: IntervalFold,
  open: OpenCandle,
  lacksNext: boolean,
): ClosedCandle {
  const { precedingTradeId, ...sums } = open;
  // The newest trade is the one that closes the candle, where a trade does: a gap before it may belong here.
  const lacks = mayLack(fold.seen, precedingTradeId + 1, fold.seen.lastId);
  const { quality = UNFLAGGED } = open;
  // Where ids began anew nobody knows of any that is missing.
  const hasGap = (lacks || lacksNext) && !isFlagged(quality, 'reset');
  return {
    instrumentId: fold.instrumentId,
    interval: state.interval,
    ...sums,
    closed: true,
    ...(hasGap ? { quality: quality | GAP } : {}),
    complete: open.openTimeMs >= state.observedSinceMs && !fold.interrupted && !lacks,
    revision: 0,
    previousOpenTimeMs: state.previousOpenTimeMs,
  };
}
