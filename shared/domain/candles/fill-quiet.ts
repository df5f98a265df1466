import { ZERO } from '../decimal.ts';
import type { Candle } from './candle.ts';
import { intervalMs } from './interval.ts';

/**
 * The newest `limit` candles of a range in which every interval has one. Where nothing was traded stands a candle at the
 * close before it, without trades and without volume: whoever wants that asks for it, since a strategy that is shown such
 * prices would trade at what nobody paid.
 * @param candles of one series, oldest first; the first may lie before the range.
 * @param fromMs where the range begins.
 * @param untilMs intervals that open at or after it are not filled behind the last candle.
 */
export function fillQuiet(
  candles: readonly Candle[],
  { fromMs, untilMs, limit }: { readonly fromMs: number; readonly untilMs: number; readonly limit: number },
): Candle[] {
  const last = candles.at(-1);
  if (last === undefined) return [];
  const step = intervalMs(last.interval);
  const filled: Candle[] = [];
  let at = candles.length - 1;
  // Backwards from the newest: a gap may hold more than anybody asked for.
  const newestMs = Math.max(last.openTimeMs, openBefore(untilMs, step));
  for (let openTimeMs = newestMs; openTimeMs >= fromMs && filled.length < limit; openTimeMs -= step) {
    while (at >= 0 && candles[at]!.openTimeMs > openTimeMs) at--;
    const candle = candles[at];
    if (candle === undefined) break;
    filled.push(candle.openTimeMs === openTimeMs ? candle : quietAfter(candle, openTimeMs));
  }
  return filled.reverse();
}

/** The last interval that opens before it. */
function openBefore(timeMs: number, step: number): number {
  return (Math.ceil(timeMs / step) - 1) * step;
}

/** It is as complete as the candle before it: that says that no trade is missing until the next one. */
function quietAfter(
  { instrumentId, interval, close, lastTradeId, lastTimeMs, complete }: Candle,
  openTimeMs: number,
): Candle {
  return {
    ...{ instrumentId, interval, openTimeMs },
    ...{ open: close, high: close, low: close, close },
    ...{ volume: ZERO, quoteVolume: ZERO, takerBuyVolume: ZERO, tradeCount: 0 },
    ...{ firstTradeId: lastTradeId, lastTradeId, firstTimeMs: lastTimeMs, lastTimeMs },
    ...{ closed: true, complete, revision: 0 },
  };
}
