import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { intervalMs, openTimeOf, type Interval } from './interval.ts';

/** Of a fold what tells which candles are closed. */
interface Closing {
  readonly watermarkMs: number;
  readonly closingTrade: Pick<Trade, 'price' | 'timeMs' | 'tradeId'> | null;
  readonly intervals: readonly { readonly interval: Interval }[];
}

interface Neighbour {
  readonly interval: Interval;
  readonly trade: Trade;
  readonly isNeighbour: true;
}

/**
 * The latest candles that are closed, where the trade that follows them came late, into an open one: they said that they lack
 * something, and have to be looked at again.
 */
export function closedBeforeGap(fold: Closing, filling: Trade): readonly Neighbour[] {
  const { closingTrade, intervals } = fold;
  if (closingTrade === null || filling.tradeId !== closingTrade.tradeId + 1) return [];
  if (isClosed(fold, intervals[0]!.interval, filling.timeMs)) return [];
  const trade: Trade = { ...filling, ...closingTrade, quality: UNFLAGGED };
  return intervals.flatMap(({ interval }) =>
    isClosed(fold, interval, trade.timeMs) ? [{ interval, trade, isNeighbour: true }] : [],
  );
}

/** Whether the candle that holds a time is. */
function isClosed({ watermarkMs }: Closing, interval: Interval, timeMs: number): boolean {
  return openTimeOf(timeMs, interval) + intervalMs(interval) <= watermarkMs;
}
