import type { Ports } from '../../../shared/ports/index.ts';
import type { StoredCandle } from '../../../shared/ports/candle-store.ts';

/**
 * Of each candle the revision that was known at a time. Each revision has more trades than the one before it, and each stored
 * trade says when it was received: the newest revision that has no more trades than had been received by then is the one.
 * A candle of which no revision qualifies was made later, of history.
 * @param latest of one series, each in its latest revision
 */
export async function asKnownAt(
  { trades, candles }: Pick<Ports, 'trades' | 'candles'>,
  latest: readonly StoredCandle[],
  asOfMs: number,
): Promise<readonly StoredCandle[]> {
  const revised = latest.filter(({ revision }) => revision > 0);
  const [first] = revised;
  if (first === undefined) return latest;
  const { instrumentId, interval } = first;
  const openTimesMs = revised.map(({ openTimeMs }) => openTimeMs);
  const [revisions, counts] = await Promise.all([
    candles.revisions(instrumentId, interval, openTimesMs),
    trades.receivedBy(instrumentId, interval, openTimesMs, asOfMs),
  ]);
  const byOpenTime = Map.groupBy(revisions, ({ openTimeMs }) => openTimeMs);
  return latest.flatMap((candle) => {
    if (candle.revision === 0) return [candle];
    const received = counts.get(candle.openTimeMs) ?? 0;
    const known = byOpenTime.get(candle.openTimeMs) ?? [];
    return known.findLast(({ tradeCount }) => tradeCount <= received) ?? [];
  });
}
