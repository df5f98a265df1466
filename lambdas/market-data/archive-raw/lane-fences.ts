import { isFenced, NO_FENCE } from '../../../shared/contracts/fence.ts';
import { laneKey } from '../../../shared/contracts/record-keys.ts';
import { conditionOn, type StateStore } from '../../../shared/ports/state-store.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';

interface StoredFence {
  readonly fence: number;
}

/** The greatest fence of each lane of the raw stream. It is written when it grows, which is when a collector takes over. */
export class LaneFences {
  readonly #state: StateStore;
  readonly #greatest = new Map<string, number>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Whether a record of the lane counts. What it says is remembered before that is known. */
  async pass(lane: string, fence: number | null): Promise<boolean> {
    if (fence === null) return true;
    const known = this.#greatest.get(lane) ?? NO_FENCE;
    const greatest = fence > known ? await this.#raise(lane, fence) : known;
    this.#greatest.set(lane, greatest);
    return !isFenced(fence, greatest);
  }

  /** @returns the greatest, which another may have raised further. */
  async #raise(lane: string, fence: number): Promise<number> {
    const key = laneKey(lane, 'archive-raw');
    return retryOnConflict(async () => {
      const item = await this.#state.get<StoredFence>('market-data', key);
      const stored = item?.value.fence ?? NO_FENCE;
      if (stored >= fence) return stored;
      const condition = conditionOn(item?.version ?? null);
      await this.#state.write({ kind: 'put', table: 'market-data', ...key, value: { fence }, condition });
      return fence;
    });
  }
}
