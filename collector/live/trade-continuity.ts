/** Ids, both included, that never came. */
export interface Gap {
  readonly fromId: number;
  readonly toId: number;
}

export type Admission =
  /** To be sent on at once. */
  | 'next'
  /** Known already. */
  | 'repeated'
  /** Kept until what is missing before it has been fetched. */
  | 'held'
  /** As `held`, and this is the first sign that something is missing. */
  | 'gap';

interface Numbered<Item> {
  readonly id: number;
  readonly item: Item;
}

/**
 * Sees to it that the trades of one instrument go on without a gap. Venues number them upwards, one by one; when a
 * number is missing, the trades behind it are held until the gap is filled or given up, since a candle that was closed
 * without them would stay wrong in the eyes of every strategy that saw it.
 */
export class TradeContinuity<Item> {
  #lastId: number | null;
  #held: Numbered<Item>[] | null = null;

  /** @param lastId of an earlier run; null: none is known, and whatever comes first is the beginning. */
  constructor(lastId: number | null) {
    this.#lastId = lastId;
  }

  get lastId(): number | null {
    return this.#lastId;
  }

  /** Whether trades are held. */
  get isCatchingUp(): boolean {
    return this.#held !== null;
  }

  get heldCount(): number {
    return this.#held?.length ?? 0;
  }

  /** How many are missing before the first that is held; null: none is held. */
  get missingCount(): number | null {
    const first = this.#held?.[0];
    return first === undefined ? null : Math.max(0, first.id - (this.#lastId ?? first.id) - 1);
  }

  /** A trade came from the stream. */
  admit(id: number, item: Item): Admission {
    if (this.#held !== null) {
      this.#held.push({ id, item });
      return 'held';
    }
    if (this.#lastId !== null && id <= this.#lastId) return 'repeated';
    if (this.#lastId === null || id === this.#lastId + 1) {
      this.#lastId = id;
      return 'next';
    }
    this.#held = [{ id, item }];
    return 'gap';
  }

  /** The stream was interrupted: whatever it brings is held until the rest is known. */
  beginCatchUp(): void {
    this.#held ??= [];
  }

  /** A trade was fetched. @returns whether it was missing; if so it is to be sent on. */
  fill(id: number): boolean {
    if (this.#lastId !== null && id <= this.#lastId) return false;
    this.#lastId = id;
    return true;
  }

  /**
   * Lets go what is held up to the next gap. Without one, catching up is over.
   * @returns what is to be sent on, and what is missing before the rest.
   */
  drain(): { readonly released: readonly Item[]; readonly gap: Gap | null } {
    const released: Item[] = [];
    const held = this.#held ?? [];
    let at = 0;
    for (; at < held.length; at++) {
      const { id, item } = held[at]!;
      if (this.#lastId !== null && id > this.#lastId + 1) break;
      if (this.fill(id)) released.push(item);
    }
    const rest = held.slice(at);
    this.#held = rest.length === 0 ? null : rest;
    const gap = rest.length === 0 ? null : { fromId: this.#lastId! + 1, toId: rest[0]!.id - 1 };
    return { released, gap };
  }

  /** What is missing stays missing: the next drain begins behind it. */
  passOver(gap: Gap): void {
    this.#lastId = gap.toId;
  }
}
