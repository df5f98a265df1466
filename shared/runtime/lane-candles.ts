import type { LaneCandles, LaneCandlesRecord } from '../contracts/lane-candles.ts';
import { laneKey, longerCandlesKey } from '../contracts/record-keys.ts';
import type { Lane } from '../domain/market-data/lane.ts';
import type { Item, StateStore } from '../ports/state-store.ts';

interface StoredLane {
  readonly asideVersion?: number;
  readonly state: LaneCandlesRecord;
}

/** What build-candles keeps of a lane, written after the candles that closed. `null`: it has seen nothing of the lane. */
export async function readLaneCandles(state: StateStore, lane: Lane): Promise<LaneCandlesRecord | null> {
  return (await ownItem(state, lane))?.value.state ?? null;
}

const MAX_LOOKS = 5;

/**
 * The same with its longer intervals, which lie in an item of their own: both are written at once, but not read at once.
 */
export async function readAllLaneCandles(state: StateStore, lane: Lane): Promise<LaneCandles | null> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const own = await ownItem(state, lane);
    if (own === null) return null;
    const { asideVersion, state: record } = own.value;
    if (asideVersion === undefined) return { own: record, longer: null };
    const longer = await state.get<LaneCandlesRecord>('market-data', longerCandlesKey(lane));
    if (longer?.version === asideVersion) return { own: record, longer: longer.value };
  }
  throw new Error(`lane ${lane}: its longer candles were written at each of ${MAX_LOOKS} looks`);
}

async function ownItem(state: StateStore, lane: Lane): Promise<Item<StoredLane> | null> {
  return state.get<StoredLane>('market-data', laneKey(lane, 'build-candles'));
}
