/** All of them are built live. */
export const INTERVALS = ['1s', '30s', '1m', '5m', '15m', '1h', '4h', '1d'] as const;
export type Interval = (typeof INTERVALS)[number];

const MILLISECONDS: Readonly<Record<Interval, number>> = {
  '1s': 1_000,
  '30s': 30_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

export function intervalMs(interval: Interval): number {
  return MILLISECONDS[interval];
}

/** Shortest first. */
export function compareIntervals(a: Interval, b: Interval): number {
  return MILLISECONDS[a] - MILLISECONDS[b];
}

/** The open of the candle that holds this instant, aligned to UTC. */
export function openTimeOf(timeMs: number, interval: Interval): number {
  return timeMs - (timeMs % MILLISECONDS[interval]);
}

export function isInterval(text: string): text is Interval {
  return (INTERVALS as readonly string[]).includes(text);
}

/** @throws RangeError where one does not divide the next */
export function shortestFirst(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...new Set(intervals)].sort(compareIntervals);
  for (const [n, interval] of sorted.entries()) {
    const shorter = sorted[n - 1];
    if (shorter !== undefined && intervalMs(interval) % intervalMs(shorter) !== 0)
      throw new RangeError(`candles: ${shorter} does not divide ${interval}`);
  }
  return sorted;
}
