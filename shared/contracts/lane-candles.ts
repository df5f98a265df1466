/** LANE#<lane> / build-candles: the folds of a lane's instruments, with amounts as canonical decimals. */
import type { Candle } from '../domain/candles/candle.ts';
import { candleUnderWay } from '../domain/candles/candle-under-way.ts';
import {
  type ClosingTrade,
  type FoldState,
  type InstrumentFold,
  type IntervalFold,
} from '../domain/candles/fold.ts';
import type { OpenCandle } from '../domain/candles/open-candle.ts';
import type { RefoldPlan } from '../domain/candles/refold-plan.ts';
import { resumeFold } from '../domain/candles/resume-fold.ts';
import type { Interval } from '../domain/candles/interval.ts';
import { decimal, formatDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import { flagsIn } from '../domain/market-data/quality-flags.ts';
import type { CandleView } from './events.ts';
import { closedAtMs } from './lane-prices.ts';
import type { PriceView } from './market-views.ts';

type Amount = 'open' | 'high' | 'low' | 'close' | 'volume' | 'quoteVolume' | 'takerBuyVolume';

export type StoredOpenCandle = Omit<OpenCandle, Amount> & Readonly<Record<Amount, string>>;

export type StoredClosingTrade = Omit<ClosingTrade, 'price'> & { readonly price: string };

export type StoredFold = Omit<FoldState, 'intervals' | 'closingTrade'> & {
  readonly closingTrade: StoredClosingTrade | null;
  readonly intervals: readonly (Omit<IntervalFold, 'open'> & { readonly open: StoredOpenCandle | null })[];
};

export interface LaneCandlesRecord {
  readonly folds: readonly StoredFold[];
  /** By instrument, what is to be made again; left out while nothing is. */
  readonly refolds?: Readonly<Record<InstrumentId, RefoldPlan>>;
}

/**
 * Of so many intervals, the shortest, something changes with each batch. The longer ones, which change once a minute at
 * most, lie in an item of their own.
 */
const WITH_EACH_BATCH = 3;

/** The lane's own item, or with `encodeLonger` the one beside it. */
export function encodeFolds(folds: Iterable<InstrumentFold>): LaneCandlesRecord {
  return { folds: [...folds].map((fold) => encodeFold(fold, fold.intervals.slice(0, WITH_EACH_BATCH))) };
}

/** LANE#<lane> / longer-candles: the longer intervals of the lane's instruments. */
export function encodeLonger(folds: Iterable<InstrumentFold>): LaneCandlesRecord {
  return {
    folds: [...folds].map((fold) => ({
      ...encodeFold(fold, fold.intervals.slice(WITH_EACH_BATCH)),
      seen: { lastId: fold.seen.lastId, missing: [] },
      interrupted: false,
      closingTrade: null,
    })),
  };
}

/** Equal while nothing of the longer intervals has changed: what is in a candle only grows. */
export function markOfLonger(folds: Iterable<InstrumentFold>): string {
  const marks: number[] = [];
  for (const { intervals } of folds) {
    for (const { open, previousOpenTimeMs } of intervals.slice(WITH_EACH_BATCH))
      marks.push(previousOpenTimeMs ?? -1, open?.openTimeMs ?? -1, open?.tradeCount ?? 0);
  }
  return marks.join();
}

function encodeFold(
  { closesAtMs: _, closingTrade, ...fold }: InstrumentFold,
  intervals: readonly IntervalFold[],
): StoredFold {
  return {
    ...fold,
    closingTrade:
      closingTrade === null ? null : { ...closingTrade, price: formatDecimal(closingTrade.price) },
    intervals: intervals.map(({ open, ...state }) => ({
      ...state,
      open: open === null ? null : { ...open, ...amountsOf(open, formatDecimal) },
    })),
  };
}

/**
 * @param longer what lies in the item beside; null: there is none
 * @param intervals that are folded from now on, whichever were when the record was written.
 */
export function decodeFolds(
  record: LaneCandlesRecord,
  longer: LaneCandlesRecord | null,
  intervals: readonly Interval[],
): InstrumentFold[] {
  return wholeFolds(record, longer).map((fold) => resumeFold(decodeFold(fold), intervals));
}

function wholeFolds(record: LaneCandlesRecord, longer: LaneCandlesRecord | null): readonly StoredFold[] {
  if (longer === null) return record.folds;
  const beside = new Map(longer.folds.map(({ instrumentId, intervals }) => [instrumentId, intervals]));
  return record.folds.map((fold) => ({
    ...fold,
    intervals: [...fold.intervals, ...(beside.get(fold.instrumentId) ?? [])],
  }));
}

function decodeFold({ closingTrade, intervals, seen, ...fold }: StoredFold): FoldState {
  // Records from before it was kept are without: no trade is newer than the watermark.
  const newestMs = seen.newestMs ?? (seen.lastId < 0 ? undefined : fold.watermarkMs);
  return {
    ...fold,
    seen: { ...seen, ...(newestMs === undefined ? {} : { newestMs }) },
    closingTrade: closingTrade === null ? null : { ...closingTrade, price: decimal(closingTrade.price) },
    intervals: intervals.map(({ open, ...state }) => ({
      ...state,
      open: open === null ? null : { ...open, ...amountsOf(open, decimal) },
    })),
  };
}

function amountsOf<From, To>(
  candle: Readonly<Record<Amount, From>>,
  convert: (amount: From) => To,
): Record<Amount, To> {
  return {
    open: convert(candle.open),
    high: convert(candle.high),
    low: convert(candle.low),
    close: convert(candle.close),
    volume: convert(candle.volume),
    quoteVolume: convert(candle.quoteVolume),
    takerBuyVolume: convert(candle.takerBuyVolume),
  };
}

/** Both items of a lane, as they belong together. */
export interface LaneCandles {
  readonly own: LaneCandlesRecord;
  /** null: it has not been written yet. */
  readonly longer: LaneCandlesRecord | null;
}

/** The candle under way of an instrument, as the fold last stored it. */
export function openCandleOf(
  { own, longer }: LaneCandles,
  instrumentId: InstrumentId,
  interval: Interval,
): CandleView | null {
  const fold = wholeFolds(own, longer).find((one) => one.instrumentId === instrumentId);
  const candle = fold === undefined ? null : candleUnderWay(decodeFold(fold), interval);
  return candle === null ? null : candleViewOf(candle);
}

/** As lane-prices.ts has it, for a lane whose prices have not been told yet. `null`: the instrument has none yet. */
export function latestPriceOf(record: LaneCandlesRecord, instrumentId: InstrumentId): PriceView | null {
  const fold = storedFoldOf(record, instrumentId);
  const trade = fold?.intervals[0]?.interval === '1s' ? fold.closingTrade : null;
  if (trade === null) return null;
  return { instrumentId, price: trade.price, timeMs: closedAtMs(trade.timeMs) };
}

function storedFoldOf(record: LaneCandlesRecord, instrumentId: InstrumentId): StoredFold | undefined {
  return record.folds.find((fold) => fold.instrumentId === instrumentId);
}

export function candleViewOf(candle: Candle): CandleView {
  return {
    instrumentId: candle.instrumentId,
    interval: candle.interval,
    openTimeMs: candle.openTimeMs,
    ...amountsOf(candle, formatDecimal),
    tradeCount: candle.tradeCount,
    firstTradeId: String(candle.firstTradeId),
    lastTradeId: String(candle.lastTradeId),
    closed: candle.closed,
    complete: candle.complete,
    ...flagsIn(candle.quality),
  };
}
