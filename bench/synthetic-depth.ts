/** Depth messages of a made-up market, shaped like those of a busy pair: a thousand levels, most changes near the best price. */
import type { BookDelta, BookSnapshot } from '../shared/domain/market-data/book/book-keeper.ts';
import type { ToldLevel } from '../shared/domain/market-data/book/order-book.ts';

const LEVELS_A_MESSAGE = 46;
const SNAPSHOT_LEVELS = 1000;
const FIRST_MID_CENTS = 6_183_764;
/** How far from the best price half of the changes are, in cents. */
const HALF_WITHIN_CENTS = 300;

export interface SyntheticDepth {
  readonly snapshot: BookSnapshot;
  readonly deltas: readonly BookDelta[];
}

export function syntheticDepth(messages: number): SyntheticDepth {
  const book = new SyntheticBook(1);
  const { snapshot } = book;
  return { snapshot, deltas: Array.from({ length: messages }, () => book.next()) };
}

/** A book as it begins, and one change of it after the other: the same for the same seed. */
export class SyntheticBook {
  readonly snapshot: BookSnapshot = {
    updateId: 0,
    bids: firstLevels(-1),
    asks: firstLevels(1),
    checksum: null,
    depth: null,
  };
  readonly #random: () => number;
  #mid = FIRST_MID_CENTS;
  #updateId = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  next(): BookDelta {
    const before = this.#mid;
    this.#mid += Math.floor(this.#random() * 41) - 20;
    const id = ++this.#updateId;
    const bids = this.#changes(before, -1);
    return {
      updateIds: { first: id, last: id },
      bids,
      asks: this.#changes(before, 1),
      checksum: null,
      depth: null,
    };
  }

  #changes(midBefore: number, sign: 1 | -1): ToldLevel[] {
    const random = this.#random;
    return [
      // What the price went over is gone.
      ...passed(midBefore, this.#mid, sign),
      ...Array.from({ length: LEVELS_A_MESSAGE / 2 }, () => {
        const cents = this.#mid + sign * (1 + Math.floor(-Math.log2(1 - random()) * HALF_WITHIN_CENTS));
        return level(cents, random() < 0.45 ? 0 : 1 + Math.floor(random() * 1e8));
      }),
    ];
  }
}

function firstLevels(sign: 1 | -1): ToldLevel[] {
  return Array.from({ length: SNAPSHOT_LEVELS }, (_, n) =>
    level(FIRST_MID_CENTS + sign * (1 + 7 * n), 1 + n),
  );
}

function passed(before: number, mid: number, sign: 1 | -1): ToldLevel[] {
  const gone = Math.max(0, sign * (mid - before));
  return Array.from({ length: gone }, (_, n) => level(before + sign * (n + 1), 0));
}

function level(cents: number, quantity: number): ToldLevel {
  return [`${(cents / 100).toFixed(2)}000000`, (quantity / 1e8).toFixed(8)];
}

/** A linear congruential generator: the same levels in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
