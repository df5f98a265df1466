import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import type { FoldState, LateTrade } from './fold.ts';
import { intervalMs, openTimeOf, type Interval } from './interval.ts';

/**
 * The latest candles that are closed, where the trade that follows them came late, into an open one: they said that they lack
 * something, and have to be looked at again.
 */
export function closedBeforeGap(fold: FoldState, filling: Trade): readonly LateTrade[] {
  const { closingTrade, intervals } = fold;
  if (closingTrade === null || filling.tradeId !== closingTrade.tradeId + 1) return [];
  if (isClosed(fold, intervals[0]!.interval, filling.timeMs)) return [];
  const trade: Trade = { ...filling, ...closingTrade, quality: UNFLAGGED };
  return intervals.flatMap(({ interval }) =>
    isClosed(fold, interval, trade.timeMs) ? [{ interval, trade, isNeighbour: true }] : [],
  );
}

/** Whether the candle that holds a time is. */
function isClosed({ watermarkMs }: FoldState, interval: Interval, timeMs: number): boolean {
  return openTimeOf(timeMs, interval) + intervalMs(interval) <= watermarkMs;
}
