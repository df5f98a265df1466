import { mayLack } from '../market-data/seen-trades.ts';
import type { Candle } from './candle.ts';
import type { FoldState, IntervalFold, LateTrade } from './fold.ts';
import { openTimeOf, type Interval } from './interval.ts';
import { addTrade, openCandle, type CandleSums } from './open-candle.ts';

/** What a fold knows of the trades that it has not got. */
export type Observed = Pick<FoldState, 'instrumentId' | 'seen' | 'interrupted'> & {
  readonly intervals: readonly Pick<IntervalFold, 'interval' | 'observedSinceMs'>[];
};

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
  for (const { trade } of base === null ? others : late) addTrade(sums, trade);
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
      isObserved(fold, interval, openTimeMs) &&
      !(fold.interrupted && sums.lastTradeId >= fold.seen.lastId) &&
      !mayLack(fold.seen, sums.firstTradeId - 1, sums.lastTradeId + 1),
    revision: base === null ? 0 : base.revision + 1,
  };
}

function isObserved({ intervals }: Observed, interval: Interval, openTimeMs: number): boolean {
  const state = intervals.find((one) => one.interval === interval);
  return state !== undefined && state.observedSinceMs >= 0 && openTimeMs >= state.observedSinceMs;
}
