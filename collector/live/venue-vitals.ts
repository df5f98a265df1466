import type { BookCounters, BookState } from '../../shared/domain/market-data/book/book-keeper.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';

export interface VenueSilence {
  /** Since the last message, or since listening began. */
  readonly silenceMs: number;
  /** The instrument that has had no trade for the longest, and for how long. */
  readonly quietest: { readonly instrumentId: InstrumentId; readonly silenceMs: number };
}

/** How often each thing happened. */
export interface VenueCounts {
  readonly connectionsLost: number;
  readonly connectionsRenewed: number;
  /** Messages were missing. */
  readonly sequenceGaps: number;
  readonly messagesSetAside: number;
  /** The venue counted the trades of an instrument anew. */
  readonly resets: number;
  /** An instrument was not heard, though it was traded. */
  readonly deafInstruments: number;
}

type Totals = { -readonly [Name in keyof VenueCounts]: number };

/** How the books of a venue are. */
export interface BookVitals {
  /** Of all, since the start; null: none has been heard of. */
  readonly counters: BookCounters | null;
  /** Books that are listened to. */
  readonly listened: number;
  /** Those of them that are not whole now. */
  readonly broken: readonly BrokenBook[];
}

export interface BrokenBook {
  readonly instrumentId: InstrumentId;
  readonly state: Exclude<BookState, 'whole'>;
  /** To the second. */
  readonly sinceMs: number;
}

/** When a venue was last heard. Heartbeats go on when it is lost, so what the streams carry says nothing of it. */
export class VenueVitals {
  readonly venue: string;
  /** How far the venue's clock is ahead of ours; null: nobody knows. */
  clockOffsetMs: number | null = null;
  readonly #lastTradeMs = new Map<InstrumentId, number>();
  #lastMessageMs: number | null = null;
  readonly #totals: Totals = {
    connectionsLost: 0,
    connectionsRenewed: 0,
    sequenceGaps: 0,
    messagesSetAside: 0,
    resets: 0,
    deafInstruments: 0,
  };
  /** As they were when they were last taken. */
  #taken: VenueCounts = { ...this.#totals };
  #books: (() => BookVitals) | null = null;
  #reportedBooks: BookCounters | null = null;

  constructor(venue: string) {
    this.venue = venue;
  }

  /** From now on these are listened to. */
  begin(instrumentIds: readonly InstrumentId[], nowMs: number): void {
    this.#lastMessageMs = nowMs;
    for (const instrumentId of instrumentIds) this.#lastTradeMs.set(instrumentId, nowMs);
  }

  /** Nobody listens here any more: silence says nothing of the venue. */
  end(): void {
    this.#lastMessageMs = null;
    this.clockOffsetMs = null;
    this.#lastTradeMs.clear();
  }

  heard(nowMs: number): void {
    this.#lastMessageMs = nowMs;
  }

  traded(instrumentId: InstrumentId, nowMs: number): void {
    this.#lastTradeMs.set(instrumentId, nowMs);
  }

  lost(): void {
    this.#totals.connectionsLost++;
  }

  /** Another connection has taken the place of one before that was cut. */
  renewed(): void {
    this.#totals.connectionsRenewed++;
  }

  /** A message was not read. */
  setAside(): void {
    this.#totals.messagesSetAside++;
  }

  /** Messages of a connection were missing. */
  missed(): void {
    this.#totals.sequenceGaps++;
  }

  /** @param vitals asked when somebody wants to know; null: nobody follows its books any more. */
  followBooks(vitals: (() => BookVitals) | null): void {
    this.#books = vitals;
    this.#reportedBooks = null;
  }

  /** What has happened to the books since it was last asked; null: nobody follows them. */
  takeBooks(): { readonly counted: BookCounters; readonly notWhole: number } | null {
    const now = this.#books?.() ?? null;
    if (now === null || now.counters === null) return null;
    const counted = { ...now.counters };
    for (const name of Object.keys(counted) as (keyof BookCounters)[])
      counted[name] -= this.#reportedBooks?.[name] ?? 0;
    this.#reportedBooks = now.counters;
    return { counted, notWhole: now.broken.length };
  }

  /** How the books are now; null: nobody follows them. */
  get books(): BookVitals | null {
    return this.#books?.() ?? null;
  }

  /** The venue began to count the trades of an instrument anew. */
  reset(): void {
    this.#totals.resets++;
  }

  /** An instrument was not heard, though it was traded. */
  deaf(): void {
    this.#totals.deafInstruments++;
  }

  /** Since the start. */
  get counts(): VenueCounts {
    return { ...this.#totals };
  }

  /** Since they were last taken. */
  takeCounts(): VenueCounts {
    const before = this.#taken;
    this.#taken = this.counts;
    const names = Object.keys(this.#totals) as (keyof VenueCounts)[];
    return Object.fromEntries(
      names.map((name) => [name, this.#taken[name] - before[name]]),
    ) as unknown as VenueCounts;
  }

  /** null: nobody listens. */
  silence(nowMs: number): VenueSilence | null {
    if (this.#lastMessageMs === null) return null;
    const [first, ...others] = this.#lastTradeMs;
    if (first === undefined) return null;
    const [instrumentId, lastTradeMs] = others.reduce(
      (least, other) => (other[1] < least[1] ? other : least),
      first,
    );
    return {
      silenceMs: nowMs - this.#lastMessageMs,
      quietest: { instrumentId, silenceMs: nowMs - lastTradeMs },
    };
  }
}
