import { latestPriceOf } from '../contracts/lane-candles.ts';
import { lanePricesRecord, priceViewsOf } from '../contracts/lane-prices.ts';
import type { PriceView } from '../contracts/market-views.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import { lanePricesKey } from '../contracts/record-keys.ts';
import { laneOf, type Lane } from '../domain/market-data/lane.ts';
import type { StateStore } from '../ports/state-store.ts';
import { inParallel } from './in-parallel.ts';
import { readLaneCandles } from './lane-candles.ts';

const LANES_AT_ONCE = 8;

/**
 * The closes of the latest 1s candles, of the instruments that have one: a record a lane, which build-candles writes once a second.
 * Where it does not have an instrument yet, or is not there, as in a store from before it was kept, what the fold itself
 * keeps of the lane is looked at.
 */
export async function latestPrices(
  state: StateStore,
  instrumentIds: Iterable<InstrumentId>,
): Promise<Map<InstrumentId, PriceView>> {
  const lanes = Map.groupBy(new Set(instrumentIds), laneOf);
  const prices = await inParallel([...lanes], LANES_AT_ONCE, async ([lane, ids]) =>
    pricesOf(state, lane, ids),
  );
  return new Map(prices.flat().map((price) => [price.instrumentId, price]));
}

async function pricesOf(
  state: StateStore,
  lane: Lane,
  instrumentIds: readonly InstrumentId[],
): Promise<readonly PriceView[]> {
  const item = await state.get('market-data', lanePricesKey(lane));
  const told =
    item === null ? new Map<InstrumentId, PriceView>() : priceViewsOf(lanePricesRecord.parse(item.value));
  const known = instrumentIds.flatMap((id) => told.get(id) ?? []);
  if (known.length === instrumentIds.length) return known;
  const record = await readLaneCandles(state, lane);
  if (record === null) return known;
  return instrumentIds.flatMap((id) => told.get(id) ?? latestPriceOf(record, id) ?? []);
}
