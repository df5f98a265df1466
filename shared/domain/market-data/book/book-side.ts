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
  /** Whether the first has the better price, were they on this side. */
  readonly #isBetter: (one: PriceKey, other: PriceKey) => boolean;

  constructor(side: 'bids' | 'asks') {
    this.#isBetter = side === 'bids' ? (one, other) => one > other : (one, other) => one < other;
  }

  get best(): Level | null {
    return this.levels.at(-1) ?? null;
  }

  set(key: PriceKey, price: string, quantity: string): void {
    const { levels } = this;
    const at = this.#placeOf(key);
    const level = levels[at];
    if (level?.key === key) {
      level.price = price;
      level.quantity = quantity;
      return;
    }
    insert(levels, at, { key, price, quantity });
  }

  /** A level that is not there is gone already. */
  remove(key: PriceKey): void {
    const at = this.#placeOf(key);
    if (this.levels[at]?.key === key) removeAt(this.levels, at);
  }

  /** Keeps the best. */
  truncate(depth: number): void {
    const excess = this.levels.length - depth;
    if (excess === 1) this.levels.shift();
    else if (excess > 0) this.levels.splice(0, excess);
  }

  clear(): void {
    this.levels.length = 0;
  }

  /** Takes the place of all levels. Of two with one price, the later is meant. */
  replace(levels: readonly Level[]): void {
    this.clear();
    // Venues send the best first.
    for (let n = levels.length - 1; n >= 0; n--) this.levels.push(levels[n]!);
    if (this.#isSorted()) return;
    const byKey = new Map(levels.map((level) => [level.key, level]));
    this.clear();
    const ascending = [...byKey.values()].sort((a, b) => (this.#isBetter(a.key, b.key) ? 1 : -1));
    for (const level of ascending) this.levels.push(level);
  }

  #isSorted(): boolean {
    const { levels } = this;
    for (let n = 1; n < levels.length; n++)
      if (!this.#isBetter(levels[n]!.key, levels[n - 1]!.key)) return false;
    return true;
  }

  /** @returns where the level of this price is, or would be. */
  #placeOf(key: PriceKey): number {
    const { levels } = this;
    const isBetter = this.#isBetter;
    let high = levels.length;
    let low = high;
    // From the best outwards in growing strides, then by halves within the last one.
    for (let stride = 1; low > 0 && !isBetter(key, levels[low - 1]!.key); stride *= 2) {
      high = low;
      low = Math.max(0, low - stride);
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBetter(key, levels[middle]!.key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function insert(levels: Level[], at: number, level: Level): void {
  if (levels.length - at > FEW) {
    levels.splice(at, 0, level);
    return;
  }
  levels.push(level);
  for (let n = levels.length - 1; n > at; n--) levels[n] = levels[n - 1]!;
  levels[at] = level;
}

function removeAt(levels: Level[], at: number): void {
  if (levels.length - at > FEW) {
    levels.splice(at, 1);
    return;
  }
  for (let n = at + 1; n < levels.length; n++) levels[n - 1] = levels[n]!;
  levels.length--;
}
