import { latestPriceOf } from '../contracts/lane-candles.ts';
import type { PriceView } from '../contracts/market-views.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import { laneOf } from '../domain/market-data/lane.ts';
import type { StateStore } from '../ports/state-store.ts';
import { inParallel } from './in-parallel.ts';
import { readLaneCandles } from './lane-candles.ts';

const LANES_AT_ONCE = 8;

/**
 * The closes of the latest 1s candles, of the instruments that have one. They lie in the items that build-candles
 * keeps of the lanes: each is read once, and the candle store need not be asked.
 */
export async function latestPrices(
  state: StateStore,
  instrumentIds: Iterable<InstrumentId>,
): Promise<Map<InstrumentId, PriceView>> {
  const lanes = Map.groupBy(new Set(instrumentIds), laneOf);
  const prices = await inParallel([...lanes], LANES_AT_ONCE, async ([lane, ids]) => {
    const record = await readLaneCandles(state, lane);
    return record === null ? [] : ids.flatMap((id) => latestPriceOf(record, id) ?? []);
  });
  return new Map(prices.flat().map((price) => [price.instrumentId, price]));
}
