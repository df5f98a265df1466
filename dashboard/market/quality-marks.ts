/** Where something was said against the data of the chart: one mark for each candle. */
import type { Candle, QualityEvent } from '../api/views.ts';

export interface QualityMark {
  readonly openTimeMs: number;
  /** Each once, in order of name. */
  readonly flags: readonly QualityEvent['flag'][];
}

/**
 * Marks in order of time, of the candles that are there alone.
 * @param events of the instrument, in any order
 */
export function qualityMarks(
  events: readonly QualityEvent[],
  candles: readonly Candle[],
  intervalMs: number,
): QualityMark[] {
  const shown = new Set(candles.map(({ openTimeMs }) => openTimeMs));
  const flags = new Map<number, Set<QualityEvent['flag']>>();
  for (const { atMs, flag } of events) {
    const openTimeMs = atMs - (atMs % intervalMs);
    if (!shown.has(openTimeMs)) continue;
    const known = flags.get(openTimeMs);
    if (known === undefined) flags.set(openTimeMs, new Set([flag]));
    else known.add(flag);
  }
  return [...flags]
    .map(([openTimeMs, ofCandle]) => ({ openTimeMs, flags: [...ofCandle].sort() }))
    .sort((a, b) => a.openTimeMs - b.openTimeMs);
}
