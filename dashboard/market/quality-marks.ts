/** Where something was said against the data of the chart: one mark for each candle. */
import type { Candle, QualityEvent } from '../api/views.ts';

export interface QualityMark {
  readonly openTimeMs: number;
  /** Each once, in order of name. */
  readonly flags: readonly QualityEvent['flag'][];
  /** Whether there is room for words beside it: those of neighbours would lie over one another. */
  readonly isTold: boolean;
}

/** From one mark with words to the next. */
const CANDLES_APART = 14;

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
  let roomFromMs = -Infinity;
  return [...flags]
    .sort(([a], [b]) => a - b)
    .map(([openTimeMs, ofCandle]) => {
      const isTold = openTimeMs >= roomFromMs;
      if (isTold) roomFromMs = openTimeMs + CANDLES_APART * intervalMs;
      return { openTimeMs, flags: [...ofCandle].sort(), isTold };
    });
}
