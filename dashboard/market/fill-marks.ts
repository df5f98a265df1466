/** Where our fills stand in the chart: one mark for each candle and side that has any. */
import type { Candle, Fill } from '../api/views.ts';

export interface FillMark {
  readonly openTimeMs: number;
  readonly side: Fill['side'];
  readonly count: number;
}

/**
 * Marks in order of time, of the candles that are there alone: a mark without its candle would stand at another.
 * @param fills of the instrument, in any order
 */
export function fillMarks(
  fills: readonly Fill[],
  candles: readonly Candle[],
  intervalMs: number,
): FillMark[] {
  const shown = new Set(candles.map(({ openTimeMs }) => openTimeMs));
  const marks = new Map<string, FillMark>();
  for (const { side, timeMs } of fills) {
    const openTimeMs = timeMs - (timeMs % intervalMs);
    if (!shown.has(openTimeMs)) continue;
    const key = `${openTimeMs} ${side}`;
    marks.set(key, { openTimeMs, side, count: (marks.get(key)?.count ?? 0) + 1 });
  }
  return [...marks.values()].sort((a, b) => a.openTimeMs - b.openTimeMs || (a.side < b.side ? -1 : 1));
}
