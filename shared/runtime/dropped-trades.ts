import {
  NOTHING_DROPPED,
  type DroppedTrades,
  type LaneTradesRecord,
} from '../contracts/packed-seen-trades.ts';
import { laneKey } from '../contracts/record-keys.ts';
import { EXCHANGES } from '../domain/market-data/exchanges.ts';
import { lanesOf } from '../domain/market-data/lane.ts';
import type { StateStore } from '../ports/state-store.ts';

/** Trades of all lanes that were left out, by cause. */
export async function readDroppedTrades(state: StateStore): Promise<DroppedTrades> {
  const lanes = await Promise.all(
    EXCHANGES.flatMap(lanesOf).map(async (lane) =>
      state.get<{ readonly state: LaneTradesRecord }>('market-data', laneKey(lane, 'store-trades')),
    ),
  );
  return lanes.reduce((sum, item) => {
    const { known, fenced } = item?.value.state.dropped ?? NOTHING_DROPPED;
    return { known: sum.known + known, fenced: sum.fenced + fenced };
  }, NOTHING_DROPPED);
}
