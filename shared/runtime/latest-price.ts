import type { PriceView } from '../contracts/market-views.ts';
import { intervalMs } from '../domain/candles/interval.ts';
import { formatDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { CandleStore } from '../ports/candle-store.ts';

/** Past every candle. */
const FOREVER_MS = 4_102_444_800_000;

/** A price is the close of the latest 1s candle. `null`: the instrument has none yet. */
export async function latestPrice(
  candles: CandleStore,
  instrumentId: InstrumentId,
): Promise<PriceView | null> {
  const [candle] = await candles.between(instrumentId, '1s', 0, FOREVER_MS, 1);
  if (candle === undefined) return null;
  return { instrumentId, price: formatDecimal(candle.close), timeMs: candle.openTimeMs + intervalMs('1s') };
}
