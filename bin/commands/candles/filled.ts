import type { Candle } from '../../../shared/domain/candles/candle.ts';
import { fillQuiet } from '../../../shared/domain/candles/fill-quiet.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import { BadInput } from '../../command-line/bad-input.ts';

/** Of one instrument: eleven days of seconds. What is printed lies in memory. */
const MAX_CANDLES = 1_000_000;

/**
 * From the first to the last candle of each instrument one of every interval, as the REST API fills them.
 * @param candles of one interval, by instrument and open time
 * @throws BadInput where that would be too many
 */
export function filled(candles: readonly Candle[]): readonly Candle[] {
  const series = Map.groupBy(candles, ({ instrumentId }) => instrumentId);
  return [...series.values()].flatMap((ofInstrument) => {
    const [first, last] = [ofInstrument[0]!, ofInstrument.at(-1)!];
    const stepMs = intervalMs(first.interval);
    const count = (last.openTimeMs - first.openTimeMs) / stepMs + 1;
    if (count > MAX_CANDLES)
      throw new BadInput(
        `--fill: ${first.instrumentId} has ${count} intervals of ${first.interval}, expected at most ${MAX_CANDLES}; take a longer --interval`,
      );
    const [fromMs, untilMs] = [first.openTimeMs, last.openTimeMs + stepMs];
    return fillQuiet(ofInstrument, { fromMs, untilMs, limit: count });
  });
}
