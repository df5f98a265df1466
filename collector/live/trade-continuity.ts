/** Ids, both included, that never came. */
export interface Gap {
  readonly fromId: number;
  readonly toId: number;
}

/** What a venue calls a trade: the number of one, with a time, is that of no other. */
export interface NumberedTrade {
  readonly id: number;
  /** `null`: nobody believes it. */
  readonly timeMs: number | null;
}

export type Admission =
  /** To be sent on at once. */
  | 'next'
  /** Known already. */
  | 'repeated'
  /** By its number it should have come before; it was never sent, and is sent on where it is. */
  | 'stray'
  /** Kept until what is missing before it has been fetched. */
  | 'held'
  /** As `held`, and this is the first sign that something is missing. */
  | 'gap'
  /** As `gap`: the venue has begun to count anew, and nobody knows where. */
  | 'reset';

interface Held<Item> extends NumberedTrade {
  readonly item: Item;
}

/** What a subscription begins with, and what a message that comes late may hold, has fewer. */
const MAX_REMEMBERED = 512;
const MAX_TIMES_OF_AN_ID = 8;
const MAX_PASSED_OVER = 16;
const SAME_TIME_MS = 2;

/**
 * Sees to it that the trades of one instrument go on without a gap. Venues number them upwards, one by one; when a
 * number is missing, the trades behind it are held until the gap is filled or given up, since a candle that was closed
 * without them would stay wrong in the eyes of every strategy that saw it. Whatever fills it ends the wait: a late message,
 * the venue's newest trades said once more, or the answer to a question.
 */
export class TradeContinuity<Item> {
  #lastId: number | null;
  /** The newest of the trades that were sent. */
  #newestMs: number | null;
  /** By their ids, in order, while trades are missing before them. */
  #held: Held<Item>[] | null = null;
  /** Held trades follow a number that the venue began with anew. */
  #isReset = false;
  /** Times of the trades that were sent last, by id: of a venue that counts anew again and again, several. */
  readonly #sent = new Map<number, (number | null)[]>();
  /** What was given up last, and may come late. */
  readonly #passedOver: Gap[] = [];

  /** @param last of an earlier run; null: none is known, and whatever comes first is the beginning. */
  constructor(last: NumberedTrade | null) {
    this.#lastId = last?.id ?? null;
    this.#newestMs = last?.timeMs ?? null;
    if (last !== null) this.#sent.set(last.id, [last.timeMs]);
  }

  get lastId(): number | null {
    return this.#lastId;
  }

  /** Whether trades are held. */
  get isCatchingUp(): boolean {
    return this.#held !== null;
  }

  /** Whether the venue has begun to count anew, and what came before the first that was heard is not known yet. */
  get isReset(): boolean {
    return this.#isReset;
  }

  get heldCount(): number {
    return this.#held?.length ?? 0;
  }

  /** How many are missing before the first that is held; null: none is held, or nobody knows. */
  get missingCount(): number | null {
    const first = this.#held?.[0];
    if (first === undefined || this.#isReset) return null;
    return Math.max(0, first.id - (this.#lastId ?? first.id) - 1);
  }

  /**
   * A trade came from the stream.
   * @param isSaidAgain it may be one of long ago: the venue has said its newest ones.
   */
  admit(trade: NumberedTrade, item: Item, isSaidAgain = false): Admission {
    const { id } = trade;
    if (this.#isKnown(trade)) return 'repeated';
    const isFallen = this.#lastId !== null && id <= this.#lastId;
    const isOfReset = this.#isOfReset(trade) || (!isSaidAgain && id < this.#lastId! - MAX_REMEMBERED);
    if (isFallen && !this.#isReset && !isOfReset) {
      if (isSaidAgain || !this.#isNeverSent(id)) return 'repeated';
      this.#remember(trade);
      return 'stray';
    }
    if (isFallen && !this.#isReset) {
      this.#isReset = true;
      const isFirstSign = this.#held === null;
      this.#hold({ ...trade, item });
      return isFirstSign ? 'reset' : 'held';
    }
    if (this.#held === null) {
      if (this.#isNext(trade)) {
        this.#take(trade);
        return 'next';
      }
      this.#held = [{ ...trade, item }];
      return 'gap';
    }
    this.#hold({ ...trade, item });
    return 'held';
  }

  /** The stream was interrupted: whatever it brings is held until the rest is known. */
  beginCatchUp(): void {
    this.#held ??= [];
  }

  /** Whether it is the one that was sent last. */
  isLast(trade: NumberedTrade): boolean {
    return trade.id === this.#lastId && this.#isKnown(trade);
  }

  /**
   * A trade was fetched, in the venue's order. One whose number says that others are missing before it is held.
   * @returns what is to be sent on because of it: held ones that come before it, and itself where it was missing.
   */
  fill(trade: NumberedTrade, item: Item): readonly Item[] {
    const { id } = trade;
    if (this.#isKnown(trade)) return [];
    const isFallen = this.#lastId !== null && id <= this.#lastId;
    if (isFallen && !(this.#isReset ? id <= this.#held![0]!.id : this.#isOfReset(trade))) return [];
    // Of the run before the reset there may be some left: they come first, and their ids go on.
    if (isFallen) this.#isReset = false;
    const before = isFallen ? [] : this.#release((held) => held.id < id && this.#isNext(held));
    // A clock that is wrong puts trades elsewhere in the venue's order: by the numbers some are missing before this one.
    if (!isFallen && !this.#isReset && this.#held !== null && !this.#isNext(trade)) {
      this.#hold({ ...trade, item });
      return before;
    }
    this.#take(trade);
    if (this.#held !== null) this.#held = this.#held.filter((held) => !this.#isKnown(held));
    return [...before, item];
  }

  /**
   * Lets go what is held up to the next gap. Without one, catching up is over.
   * @returns what is to be sent on, and what is missing before the rest.
   */
  drain(): { readonly released: readonly Item[]; readonly gap: Gap | null } {
    const held = this.#held ?? [];
    // How many came before the first that was heard, nobody knows.
    if (this.#isReset && held.length > 0)
      return { released: [], gap: { fromId: held[0]!.id, toId: held[0]!.id - 1 } };
    const released = this.#release((held) => this.#isNext(held));
    const rest = (this.#held ?? []).filter(({ id }) => id > this.#lastId!);
    this.#held = rest.length === 0 ? null : rest;
    const gap = rest.length === 0 ? null : { fromId: this.#lastId! + 1, toId: rest[0]!.id - 1 };
    return { released, gap };
  }

  /** What came over the stream meanwhile and follows the last trade. While none does, or after a reset, nothing. */
  follow(): readonly Item[] {
    const first = this.#held?.[0];
    if (first === undefined || this.#isReset || first.id > (this.#lastId ?? -1) + 1) return [];
    return this.drain().released;
  }

  /** What is missing stays missing: the next drain begins behind it. */
  passOver(gap: Gap): void {
    this.#lastId = gap.toId;
    this.#passedOver.push(gap);
    if (this.#passedOver.length > MAX_PASSED_OVER) this.#passedOver.shift();
    this.#isReset = false;
  }

  #isNext({ id }: NumberedTrade): boolean {
    return this.#lastId === null || id === this.#lastId + 1;
  }

  /** The answer to a question may have rounded the time. */
  #isKnown({ id, timeMs }: NumberedTrade): boolean {
    const sent = this.#sent.get(id);
    if (sent === undefined) return false;
    return sent.some(
      (sentMs) => sentMs === null || timeMs === null || Math.abs(sentMs - timeMs) <= SAME_TIME_MS,
    );
  }

  /** Of a number that is not known with this time: it was sent with another one, or was given up. */
  #isNeverSent(id: number): boolean {
    return this.#sent.has(id) || this.#passedOver.some(({ fromId, toId }) => id >= fromId && id <= toId);
  }

  /** A number that fell while time went on. */
  #isOfReset({ timeMs }: NumberedTrade): boolean {
    return timeMs !== null && this.#newestMs !== null && timeMs > this.#newestMs;
  }

  #take(trade: NumberedTrade): void {
    const { id, timeMs } = trade;
    this.#lastId = id;
    if (timeMs !== null) this.#newestMs = Math.max(this.#newestMs ?? 0, timeMs);
    this.#remember(trade);
  }

  #remember({ id, timeMs }: NumberedTrade): void {
    const times = this.#sent.get(id) ?? [];
    if (times.length >= MAX_TIMES_OF_AN_ID) times.shift();
    times.push(timeMs);
    this.#sent.delete(id);
    this.#sent.set(id, times);
    if (this.#sent.size > MAX_REMEMBERED) this.#sent.delete(this.#sent.keys().next().value!);
  }

  #release(isNext: (held: Held<Item>) => boolean): Item[] {
    const released: Item[] = [];
    const held = this.#held ?? [];
    let at = 0;
    while (at < held.length && isNext(held[at]!)) {
      this.#take(held[at]!);
      released.push(held[at]!.item);
      at++;
    }
    if (this.#held !== null) this.#held = held.slice(at);
    return released;
  }

  /** Nearly always it comes last. */
  #hold(trade: Held<Item>): void {
    const held = (this.#held ??= []);
    let place = held.length;
    while (place > 0 && held[place - 1]!.id > trade.id) place--;
    const before = held[place - 1];
    if (before?.id === trade.id && before.timeMs === trade.timeMs) return;
    held.splice(place, 0, trade);
  }
}
