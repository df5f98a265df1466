import type { SeenTrades } from '../market-data/seen-trades.ts';
import type { Trade } from '../market-data/trade.ts';
import type { OpenCandle } from './open-candle.ts';

/** Of a fold what tells whether it has only begun. */
interface Beginning {
  readonly seen: SeenTrades;
  readonly intervals: readonly {
    readonly observedSinceMs: number;
    readonly open: OpenCandle | null;
    readonly previousOpenTimeMs: number | null;
  }[];
}

const MAX_EARLIER_MS = 60_000;

/**
 * While the first candle of all is open, whatever was seen is in it: a trade from shortly before its first, by id and by
 * time, has never been seen, and the tape has only begun out of its order.
 */
export function firstIdBehind(
  { intervals, seen }: Beginning,
  { tradeId, timeMs }: Pick<Trade, 'tradeId' | 'timeMs'>,
): number | null {
  const { open, observedSinceMs } = intervals[0]!;
  if (open === null || seen.sinceMs !== undefined || observedSinceMs !== open.firstTimeMs) return null;
  const isFirstOfAll = intervals.every(
    (state, n) => state.previousOpenTimeMs === null && (n === 0 || state.open === null),
  );
  const isEarlier =
    tradeId < open.firstTradeId && timeMs <= open.firstTimeMs && timeMs >= open.firstTimeMs - MAX_EARLIER_MS;
  return isFirstOfAll && isEarlier ? open.firstTradeId : null;
}
