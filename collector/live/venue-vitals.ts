import type { BookCounters } from '../../shared/domain/market-data/book/book-keeper.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';

export interface VenueSilence {
  /** Since the last message, or since listening began. */
  readonly silenceMs: number;
  /** The instrument that has had no trade for the longest, and for how long. */
  readonly quietest: { readonly instrumentId: InstrumentId; readonly silenceMs: number };
}

/** How the books of a venue are. */
export interface BookVitals {
  /** Of all, since the start; null: none has been heard of. */
  readonly counters: BookCounters | null;
  /** Books that are listened to and are not whole now. */
  readonly notWhole: number;
}

/** When a venue was last heard. Heartbeats go on when it is lost, so what the streams carry says nothing of it. */
export class VenueVitals {
  readonly venue: string;
  readonly #lastTradeMs = new Map<InstrumentId, number>();
  #lastMessageMs: number | null = null;
  #connectionsLost = 0;
  #setAside = 0;
  #missed = 0;
  #books: (() => BookVitals) | null = null;
  #reportedBooks: BookCounters | null = null;
  #resets = 0;

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
    this.#lastTradeMs.clear();
  }

  heard(nowMs: number): void {
    this.#lastMessageMs = nowMs;
  }

  traded(instrumentId: InstrumentId, nowMs: number): void {
    this.#lastTradeMs.set(instrumentId, nowMs);
  }

  lost(): void {
    this.#connectionsLost++;
  }

  /** A message was not read. */
  setAside(): void {
    this.#setAside++;
  }

  /** Messages of a connection were missing. */
  missed(): void {
    this.#missed++;
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
    return { counted, notWhole: now.notWhole };
  }

  /** A venue began to count the trades of an instrument anew. */
  reset(): void {
    this.#resets++;
  }

  /** How often that was, since the start. */
  get resets(): number {
    return this.#resets;
  }

  /** Messages that were set aside since it was last asked. */
  takeSetAside(): number {
    const setAside = this.#setAside;
    this.#setAside = 0;
    return setAside;
  }

  /** How often messages were missing since it was last asked. */
  takeMissed(): number {
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }

  /** Connections that were lost since it was last asked. */
  takeConnectionsLost(): number {
    const lost = this.#connectionsLost;
    this.#connectionsLost = 0;
    return lost;
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
