import * as z from 'zod';
import { fence, isFenced, NO_FENCE } from '../../../shared/contracts/fence.ts';
import { laneKey } from '../../../shared/contracts/record-keys.ts';
import { conditionOn, type StateStore } from '../../../shared/ports/state-store.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';

const storedFence = z.object({ fence });

/** The greatest fence of each lane of the raw stream. It is written when it grows, which is when a collector takes over. */
export class LaneFences {
  readonly #state: StateStore;
  readonly #greatest = new Map<string, number>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Whether a record of the lane counts. What it says is remembered before that is known. */
  async pass(lane: string, carried: number | null): Promise<boolean> {
    if (carried === null) return true;
    const known = this.#greatest.get(lane) ?? NO_FENCE;
    const greatest = carried > known ? await this.#raise(lane, carried) : known;
    this.#greatest.set(lane, greatest);
    return !isFenced(carried, greatest);
  }

  /** @returns the greatest, which another may have raised further. */
  async #raise(lane: string, carried: number): Promise<number> {
    const key = laneKey(lane, 'archive-raw');
    return retryOnConflict(async () => {
      const item = await this.#state.get('market-data', key);
      const stored = item === null ? NO_FENCE : storedFence.parse(item.value).fence;
      if (stored >= carried) return stored;
      const condition = conditionOn(item?.version ?? null);
      const value = { fence: carried } satisfies z.infer<typeof storedFence>;
      await this.#state.write({ kind: 'put', table: 'market-data', ...key, value, condition });
      return carried;
    });
  }
}
