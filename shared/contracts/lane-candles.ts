/** LANE#<lane> / build-candles: the folds of a lane's instruments, with amounts as canonical decimals. */
import type { Candle } from '../domain/candles/candle.ts';
import {
  candleUnderWay,
  type ClosingTrade,
  type InstrumentFold,
  type OpenCandle,
} from '../domain/candles/fold.ts';
import { intervalMs, openTimeOf, type Interval } from '../domain/candles/interval.ts';
import { decimal, formatDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { CandleView } from './events.ts';
import type { PriceView } from './market-views.ts';

type Amount = 'open' | 'high' | 'low' | 'close' | 'volume' | 'quoteVolume' | 'takerBuyVolume';

export type StoredOpenCandle = Omit<OpenCandle, Amount> & Readonly<Record<Amount, string>>;

export type StoredClosingTrade = Omit<ClosingTrade, 'price'> & { readonly price: string };

export type StoredFold = Omit<InstrumentFold, 'intervals'> & {
  readonly intervals: readonly {
    readonly interval: Interval;
    readonly open: StoredOpenCandle | null;
    readonly previousOpenTimeMs: number | null;
    /** Items from before it was kept are without: it comes with the next candle that closes. */
    readonly closingTrade?: StoredClosingTrade | null;
  }[];
};

export interface LaneCandlesRecord {
  readonly folds: readonly StoredFold[];
}

export function encodeFolds(folds: Iterable<InstrumentFold>): LaneCandlesRecord {
  return {
    folds: [...folds].map((fold) => ({
      ...fold,
      intervals: fold.intervals.map(({ interval, open, previousOpenTimeMs, closingTrade }) => ({
        interval,
        open: open === null ? null : { ...open, ...amountsOf(open, formatDecimal) },
        previousOpenTimeMs,
        closingTrade:
          closingTrade === null ? null : { ...closingTrade, price: formatDecimal(closingTrade.price) },
      })),
    })),
  };
}

export function decodeFolds(record: LaneCandlesRecord): InstrumentFold[] {
  return record.folds.map(decodeFold);
}

function decodeFold(fold: StoredFold): InstrumentFold {
  return {
    ...fold,
    intervals: fold.intervals.map(({ interval, open, previousOpenTimeMs, closingTrade = null }) => ({
      interval,
      open: open === null ? null : { ...open, ...amountsOf(open, decimal) },
      previousOpenTimeMs,
      closingTrade: closingTrade === null ? null : { ...closingTrade, price: decimal(closingTrade.price) },
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

/** The candle under way of an instrument, as the fold last stored it. */
export function openCandleOf(
  record: LaneCandlesRecord,
  instrumentId: InstrumentId,
  interval: Interval,
): CandleView | null {
  const fold = storedFoldOf(record, instrumentId);
  const candle = fold === undefined ? null : candleUnderWay(decodeFold(fold), interval);
  return candle === null ? null : candleViewOf(candle);
}

/** A price is the close of the latest 1s candle, in its latest revision. `null`: the instrument has none yet. */
export function latestPriceOf(record: LaneCandlesRecord, instrumentId: InstrumentId): PriceView | null {
  const ofSeconds = storedFoldOf(record, instrumentId)?.intervals.find(({ interval }) => interval === '1s');
  const trade = ofSeconds?.closingTrade ?? null;
  if (trade === null) return null;
  return { instrumentId, price: trade.price, timeMs: openTimeOf(trade.timeMs, '1s') + intervalMs('1s') };
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
  };
}
