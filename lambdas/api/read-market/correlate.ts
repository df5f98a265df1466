import type { QueryOf } from '../../../shared/contracts/api.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import { toNumber } from '../../../shared/domain/decimal.ts';
import { correlationMatrix } from '../../../shared/domain/market-data/correlation.ts';
import type { CandleStore } from '../../../shared/ports/candle-store.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { unknownInstrument } from './unknown-instrument.ts';

const READS_AT_ONCE = 8;

/** The window ends with the newest candle of any of the instruments, so that all are compared over the same time. */
export async function correlate(
  candles: CandleStore,
  { instruments, interval, window, to }: QueryOf<'GET /v1/correlations'>,
): Promise<RestOutcome<'GET /v1/correlations'>> {
  // A return lies between two candles.
  const length = window + 1;
  const series = await inParallel(instruments, READS_AT_ONCE, async (instrumentId) =>
    candles.between(instrumentId, interval, 0, to, length),
  );
  const without = series.findIndex((one) => one.length === 0);
  if (without >= 0) return unknownInstrument(instruments[without]!);
  const step = intervalMs(interval);
  const toMs = Math.max(...series.map((one) => one.at(-1)!.openTimeMs)) + step;
  const fromMs = Math.max(0, toMs - length * step);
  const matrix = correlationMatrix(
    series.map((one) => {
      const inWindow = one.filter(({ openTimeMs }) => openTimeMs >= fromMs);
      return {
        openTimeMs: inWindow.map(({ openTimeMs }) => openTimeMs),
        close: inWindow.map(({ close }) => toNumber(close)),
      };
    }),
    step,
  );
  return {
    kind: 'done',
    body: {
      interval,
      fromMs,
      toMs,
      instruments,
      coefficients: matrix.map((row) => row.map(({ coefficient }) => coefficient)),
      observations: matrix.map((row) => row.map(({ observations }) => observations)),
    },
  };
}
