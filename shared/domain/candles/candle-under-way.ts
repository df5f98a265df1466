import type { Candle } from './candle.ts';
import type { FoldState } from './fold.ts';
import type { Interval } from './interval.ts';
import { joinCandle, type OpenCandle } from './open-candle.ts';

/** The candle under way as a reader may see it before its close: with what is in the shorter ones. */
export function candleUnderWay(
  { instrumentId, intervals }: Pick<FoldState, 'instrumentId' | 'intervals'>,
  interval: Interval,
): Candle | null {
  let whole: OpenCandle | null = null;
  for (const state of intervals) {
    if (state.open !== null) whole = joinCandle(whole, state.open, interval);
    if (state.interval === interval) break;
  }
  if (whole === null || !intervals.some((state) => state.interval === interval)) return null;
  const { precedingTradeId: _, ...sums } = whole;
  return { instrumentId, interval, ...sums, closed: false, complete: false, revision: 0 };
}
