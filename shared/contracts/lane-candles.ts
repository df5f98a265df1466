/** LANE#<lane> / build-candles: the folds of a lane's instruments, with amounts as canonical decimals. */
import type { Candle } from '../domain/candles/candle.ts';
import { candleUnderWay, type InstrumentFold, type OpenCandle } from '../domain/candles/fold.ts';
import type { Interval } from '../domain/candles/interval.ts';
import { decimal, formatDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { CandleView } from './events.ts';

type Amount = 'open' | 'high' | 'low' | 'close' | 'volume' | 'quoteVolume' | 'takerBuyVolume';

type StoredOpenCandle = Omit<OpenCandle, Amount> & Readonly<Record<Amount, string>>;

type StoredFold = Omit<InstrumentFold, 'intervals'> & {
  readonly intervals: readonly {
    readonly interval: Interval;
    readonly open: StoredOpenCandle | null;
    readonly previousOpenTimeMs: number | null;
  }[];
};

export interface LaneCandlesRecord {
  readonly folds: readonly StoredFold[];
}

export function encodeFolds(folds: Iterable<InstrumentFold>): LaneCandlesRecord {
  return {
    folds: [...folds].map((fold) => ({
      ...fold,
      intervals: fold.intervals.map(({ interval, open, previousOpenTimeMs }) => ({
        interval,
        open: open === null ? null : { ...open, ...amountsOf(open, formatDecimal) },
        previousOpenTimeMs,
      })),
    })),
  };
}

export function decodeFolds(record: LaneCandlesRecord): InstrumentFold[] {
  return record.folds.map((fold) => ({
    ...fold,
    intervals: fold.intervals.map(({ interval, open, previousOpenTimeMs }) => ({
      interval,
      open: open === null ? null : { ...open, ...amountsOf(open, decimal) },
      previousOpenTimeMs,
    })),
  }));
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
  const fold = decodeFolds(record).find((candidate) => candidate.instrumentId === instrumentId);
  const candle = fold === undefined ? null : candleUnderWay(fold, interval);
  return candle === null ? null : candleViewOf(candle);
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
