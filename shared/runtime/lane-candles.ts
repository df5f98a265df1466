import type { LaneCandlesRecord } from '../contracts/lane-candles.ts';
import { laneKey } from '../contracts/record-keys.ts';
import type { Lane } from '../domain/market-data/lane.ts';
import type { StateStore } from '../ports/state-store.ts';

/** What build-candles keeps of a lane, written after the candles that closed. `null`: it has seen nothing of the lane. */
export async function readLaneCandles(state: StateStore, lane: Lane): Promise<LaneCandlesRecord | null> {
  const item = await state.get<{ readonly state: LaneCandlesRecord }>(
    'market-data',
    laneKey(lane, 'build-candles'),
  );
  return item?.value.state ?? null;
}
