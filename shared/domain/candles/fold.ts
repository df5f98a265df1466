/**
 * Folds the trades of one instrument into candles of several intervals. The result depends on the set of trades
 * and on the watermarks between them, never on how the tape was cut into batches.
 */
import { ONE, type Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { hasMissing, nothingSeen, observeTrade, type SeenTrades } from '../market-data/seen-trades.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { intervalMs, openTimeOf, type Interval } from './interval.ts';

/** A candle under way. Changed in place: the fold runs once for each trade of a venue. */
export interface OpenCandle {
  readonly openTimeMs: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
  quoteVolume: Decimal;
  takerBuyVolume: Decimal;
  tradeCount: number;
  firstTradeId: number;
  lastTradeId: number;
  firstTimeMs: number;
  lastTimeMs: number;
  /** The last id seen before this candle's first trade: a gap behind it belongs to this candle. */
  readonly precedingTradeId: number;
}

/** The last trade of a candle by (time, id): its price is the close, its time says which candle. */
export type ClosingTrade = Pick<Trade, 'price' | 'timeMs' | 'tradeId'>;

export interface IntervalFold {
  readonly interval: Interval;
  open: OpenCandle | null;
  /** Open time of the last candle that was closed and announced. */
  previousOpenTimeMs: number | null;
  /** Of the latest closed candle in its latest revision, also where late trades alone made that candle. */
  closingTrade: ClosingTrade | null;
}

export interface InstrumentFold {
  readonly instrumentId: InstrumentId;
  readonly seen: SeenTrades;
  /** No trade before this time is expected any more. −1 before the first. */
  watermarkMs: number;
  /** Candles that open at or after this time were watched from their open. */
  observedSinceMs: number;
  /**
   * What is open may lack trades at its end: since the last trade the observation was broken off, or the next one is
   * known to leave a gap.
   */
  interrupted: boolean;
  readonly intervals: readonly IntervalFold[];
}

/** A closed candle, and the open time of the one closed before it. */
export interface ClosedCandle extends Candle {
  readonly previousOpenTimeMs: number | null;
}

/** A trade for a candle that is closed already. */
export interface LateTrade {
  readonly interval: Interval;
  readonly trade: Trade;
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
    observedSinceMs: -1,
    interrupted: false,
    intervals: intervals.map((interval) => ({
      interval,
      open: null,
      previousOpenTimeMs: null,
      closingTrade: null,
    })),
  };
}

/** @returns whether the trade was new. Closed candles and late trades are added to `outcomes`. */
export function foldTrade(fold: InstrumentFold, trade: Trade, outcomes: FoldOutcomes): boolean {
  const precedingTradeId = fold.seen.lastId;
  const observation = observeTrade(fold.seen, trade.tradeId);
  if (observation === 'repeated') return false;
  if (observation === 'next') fold.interrupted = false;
  if (fold.observedSinceMs < 0) fold.observedSinceMs = trade.timeMs;
  if (trade.timeMs > fold.watermarkMs) advanceWatermark(fold, trade.timeMs, outcomes);
  // From here on the ids tell what is missing. A late trade says nothing of what came after the last one.
  if (observation !== 'late') fold.interrupted = false;
  for (const state of fold.intervals) {
    const openTimeMs = openTimeOf(trade.timeMs, state.interval);
    if (state.open?.openTimeMs === openTimeMs) addToCandle(state.open, trade);
    else if (openTimeMs + intervalMs(state.interval) <= fold.watermarkMs || state.open !== null) {
      outcomes.late.push({ interval: state.interval, trade });
      takeLateClose(state, trade);
    } else state.open = openCandle(openTimeMs, trade, precedingTradeId);
  }
  return true;
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
  if (fold.observedSinceMs < 0) fold.observedSinceMs = timeMs;
  if (timeMs <= fold.watermarkMs) return;
  fold.watermarkMs = timeMs;
  if (nextTradeId !== null) lookAhead(fold, nextTradeId);
  for (const state of fold.intervals) {
    const { open } = state;
    if (open === null || open.openTimeMs + intervalMs(state.interval) > timeMs) continue;
    outcomes.closed.push(closeCandle(fold, state, open));
    state.previousOpenTimeMs = open.openTimeMs;
    state.closingTrade = { price: open.close, timeMs: open.lastTimeMs, tradeId: open.lastTradeId };
    state.open = null;
  }
}

/**
 * A late trade after the last one of all closed candles is the close of the latest: of its new revision, or of a
 * candle that nobody knew of, where the trade lies in an interval that had none.
 */
function takeLateClose(state: IntervalFold, { price, timeMs, tradeId }: Trade): void {
  const last = state.closingTrade;
  const isLast = last === null || timeMs > last.timeMs || (timeMs === last.timeMs && tradeId > last.tradeId);
  if (isLast) state.closingTrade = { price, timeMs, tradeId };
}

function lookAhead(fold: InstrumentFold, nextTradeId: number): void {
  const { lastId } = fold.seen;
  if (lastId >= 0 && nextTradeId > lastId) fold.interrupted = nextTradeId > lastId + 1;
}

/** The venue was lost from sight for a while, and nobody knows whether trades passed unseen. */
export function noteInterruption(fold: InstrumentFold): void {
  fold.interrupted = true;
}

function openCandle(openTimeMs: number, trade: Trade, precedingTradeId: number): OpenCandle {
  const { price, quantity } = trade;
  return {
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: quantity,
    quoteVolume: (price * quantity) / ONE,
    takerBuyVolume: trade.takerSide === 'BUY' ? quantity : 0n,
    tradeCount: 1,
    firstTradeId: trade.tradeId,
    lastTradeId: trade.tradeId,
    firstTimeMs: trade.timeMs,
    lastTimeMs: trade.timeMs,
    precedingTradeId: precedingTradeId < 0 ? trade.tradeId - 1 : precedingTradeId,
  };
}

type CandleSums = Omit<OpenCandle, 'openTimeMs' | 'precedingTradeId'>;

/** Inside a candle the trades are ordered by (time, id), in whichever order they arrive. */
function addToCandle(candle: CandleSums, trade: Trade): void {
  const { price, quantity, timeMs, tradeId } = trade;
  if (price > candle.high) candle.high = price;
  if (price < candle.low) candle.low = price;
  candle.volume += quantity;
  candle.quoteVolume += (price * quantity) / ONE;
  if (trade.takerSide === 'BUY') candle.takerBuyVolume += quantity;
  candle.tradeCount++;
  if (timeMs > candle.lastTimeMs || (timeMs === candle.lastTimeMs && tradeId > candle.lastTradeId)) {
    candle.close = price;
    candle.lastTimeMs = timeMs;
    candle.lastTradeId = tradeId;
  } else if (
    timeMs < candle.firstTimeMs ||
    (timeMs === candle.firstTimeMs && tradeId < candle.firstTradeId)
  ) {
    candle.open = price;
    candle.firstTimeMs = timeMs;
    candle.firstTradeId = tradeId;
  }
}

function closeCandle(fold: InstrumentFold, state: IntervalFold, open: OpenCandle): ClosedCandle {
  const { precedingTradeId, ...sums } = open;
  return {
    instrumentId: fold.instrumentId,
    interval: state.interval,
    ...sums,
    closed: true,
    complete:
      open.openTimeMs >= fold.observedSinceMs &&
      !fold.interrupted &&
      // The newest trade is the one that closes the candle, where a trade does: a gap before it may belong here.
      !hasMissing(fold.seen, precedingTradeId + 1, fold.seen.lastId),
    revision: 0,
    previousOpenTimeMs: state.previousOpenTimeMs,
  };
}

/** The candle under way as a reader may see it before its close. */
export function candleUnderWay(fold: InstrumentFold, interval: Interval): Candle | null {
  const open = fold.intervals.find((state) => state.interval === interval)?.open ?? null;
  if (open === null) return null;
  const { precedingTradeId: _, ...sums } = open;
  return { instrumentId: fold.instrumentId, interval, ...sums, closed: false, complete: false, revision: 0 };
}

/** What a fold knows of the trades that it has not got. */
export type Observed = Pick<InstrumentFold, 'instrumentId' | 'seen' | 'observedSinceMs' | 'interrupted'>;

/**
 * A new revision of a closed candle with trades that came after its close.
 * @param base the latest revision; null when the interval had no trade before.
 * @param trades of that interval only, at least one.
 */
export function reviseCandle(fold: Observed, base: Candle | null, late: readonly LateTrade[]): Candle {
  const [first, ...others] = late;
  if (first === undefined) throw new RangeError('a revision needs a late trade');
  const { interval } = first;
  const openTimeMs = openTimeOf(first.trade.timeMs, interval);
  const sums: CandleSums =
    base === null ? openCandle(openTimeMs, first.trade, first.trade.tradeId - 1) : { ...base };
  for (const { trade } of base === null ? others : late) addToCandle(sums, trade);
  return {
    instrumentId: fold.instrumentId,
    interval,
    openTimeMs,
    open: sums.open,
    high: sums.high,
    low: sums.low,
    close: sums.close,
    volume: sums.volume,
    quoteVolume: sums.quoteVolume,
    takerBuyVolume: sums.takerBuyVolume,
    tradeCount: sums.tradeCount,
    firstTradeId: sums.firstTradeId,
    lastTradeId: sums.lastTradeId,
    firstTimeMs: sums.firstTimeMs,
    lastTimeMs: sums.lastTimeMs,
    closed: true,
    // A gap right before the first trade, or right behind the last, may hold trades of this candle.
    complete:
      openTimeMs >= fold.observedSinceMs &&
      !(fold.interrupted && sums.lastTradeId >= fold.seen.lastId) &&
      !hasMissing(fold.seen, sums.firstTradeId - 1, sums.lastTradeId + 1),
    revision: base === null ? 0 : base.revision + 1,
  };
}
