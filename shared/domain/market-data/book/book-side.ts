import type { PriceKey } from './price-scale.ts';

/** A price at which somebody offers, and how much. */
export interface Level {
  key: PriceKey;
  /** As the venue wrote them: its checksum is made over the digits. */
  price: string;
  quantity: string;
}

/** Levels behind the changed one are moved one by one where they are few, which is where most changes are. */
const FEW = 32;

/**
 * The bids or the asks of a book: one array, sorted, the best level **last**. Most of what changes is near the best price,
 * so that what has to be moved, and looked at to find the place, is short.
 */
export class BookSide {
  /** From the worst to the best. */
  readonly levels: Level[] = [];
  /** The quantity of each as `quantity-units.ts` has it: whoever adds up thousands looks at nothing but these. */
  readonly units: number[] = [];
  /** How good the price of each level is: a place is found without a look at the levels themselves, which lie anywhere. */
  readonly #ranks: PriceKey[] = [];
  readonly #isOfBids: boolean;

  constructor(side: 'bids' | 'asks') {
    this.#isOfBids = side === 'bids';
  }

  get best(): Level | null {
    return this.levels.at(-1) ?? null;
  }

  set(key: PriceKey, price: string, quantity: string, units: number): void {
    const { levels } = this;
    const rank = this.#rankOf(key);
    const at = this.#placeOf(rank);
    if (this.#ranks[at] === rank) {
      const level = levels[at]!;
      level.price = price;
      level.quantity = quantity;
      this.units[at] = units;
      return;
    }
    insert(levels, at, { key, price, quantity });
    insert(this.units, at, units);
    insert(this.#ranks, at, rank);
  }

  /** A level that is not there is gone already. */
  remove(key: PriceKey): void {
    const rank = this.#rankOf(key);
    const at = this.#placeOf(rank);
    if (this.#ranks[at] !== rank) return;
    removeAt(this.levels, at);
    removeAt(this.units, at);
    removeAt(this.#ranks, at);
  }

  /** Keeps the best. */
  truncate(depth: number): void {
    const excess = this.levels.length - depth;
    if (excess <= 0) return;
    this.levels.splice(0, excess);
    this.units.splice(0, excess);
    this.#ranks.splice(0, excess);
  }

  clear(): void {
    this.levels.length = 0;
    this.units.length = 0;
    this.#ranks.length = 0;
  }

  /** The levels' keys are others now, in the same order. */
  rekeyed(): void {
    this.#ranks.length = 0;
    for (const { key } of this.levels) this.#ranks.push(this.#rankOf(key));
  }

  /** Takes the place of all levels. Of two with one price, the later is meant. */
  replace(levels: readonly (readonly [level: Level, units: number])[]): void {
    this.clear();
    // Venues send the best first.
    for (let n = levels.length - 1; n >= 0; n--) this.#push(levels[n]!);
    if (this.#isSorted()) return;
    const byRank = new Map(levels.map((told) => [this.#rankOf(told[0].key), told]));
    this.clear();
    const ascending = [...byRank].sort(([one], [other]) => (one > other ? 1 : -1));
    for (const [, told] of ascending) this.#push(told);
  }

  #push([level, units]: readonly [level: Level, units: number]): void {
    this.levels.push(level);
    this.units.push(units);
    this.#ranks.push(this.#rankOf(level.key));
  }

  #isSorted(): boolean {
    const ranks = this.#ranks;
    for (let n = 1; n < ranks.length; n++) if (ranks[n]! <= ranks[n - 1]!) return false;
    return true;
  }

  /** The greater, the better. */
  #rankOf(key: PriceKey): PriceKey {
    return this.#isOfBids ? key : -key;
  }

  /** @returns where the level of this rank is, or would be. */
  #placeOf(rank: PriceKey): number {
    const ranks = this.#ranks;
    let high = ranks.length;
    let low = high;
    // From the best outwards in growing strides, then by halves within the last one.
    for (let stride = 1; low > 0 && rank <= ranks[low - 1]!; stride *= 2) {
      high = low;
      low = Math.max(0, low - stride);
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rank > ranks[middle]!) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function insert<Item>(items: Item[], at: number, item: Item): void {
  if (items.length - at > FEW) {
    items.splice(at, 0, item);
    return;
  }
  items.push(item);
  for (let n = items.length - 1; n > at; n--) items[n] = items[n - 1]!;
  items[at] = item;
}

function removeAt(items: unknown[], at: number): void {
  if (items.length - at > FEW) {
    items.splice(at, 1);
    return;
  }
  for (let n = at + 1; n < items.length; n++) items[n - 1] = items[n];
  items.length--;
}
