/** How long what a message said of the venue's clock is relied upon, when newer ones say otherwise. */
const WINDOW_SECONDS = 10;
/** A clock further off than this is a mistake in the message. */
const MAX_OFFSET_MS = 3_600_000;

/** Seconds in which a message told the venue's time, of which the newest say how late it may be there. */
const SECONDS_HEARD = 10;

interface SecondOfOffsets {
  readonly second: number;
  leastMs: number;
  mostMs: number;
}

/**
 * Tells the venue's time from the times in its messages. The two clocks differ by seconds and every message was under
 * way for a while, so the least offset of the last seconds counts: an estimate that is early only delays a candle,
 * one that is late would close it before its last trades have come.
 */
export class VenueClock {
  #seconds: SecondOfOffsets[] = [];
  /** null: to be found anew. */
  #middleMs: number | null = null;

  /** A message that the venue stamped with its time was received at a time of ours. */
  observe(venueTimeMs: number, receivedAtMs: number): void {
    const offsetMs = venueTimeMs - receivedAtMs;
    if (!(Math.abs(offsetMs) <= MAX_OFFSET_MS)) return;
    const second = Math.floor(receivedAtMs / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) {
      if (offsetMs < last.leastMs) last.leastMs = offsetMs;
      if (offsetMs > last.mostMs) {
        last.mostMs = offsetMs;
        this.#middleMs = null;
      }
      return;
    }
    this.#seconds.push({ second, leastMs: offsetMs, mostMs: offsetMs });
    if (this.#seconds.length > SECONDS_HEARD) this.#seconds.shift();
    this.#middleMs = null;
  }

  /** The venue's time at a time of ours, rather too early than too late. `null`: no message has told it yet. */
  at(localTimeMs: number): number | null {
    const last = this.#seconds.at(-1);
    if (last === undefined) return null;
    const recent = this.#seconds.filter(({ second }) => second > last.second - WINDOW_SECONDS);
    return localTimeMs + Math.min(...recent.map(({ leastMs }) => leastMs));
  }

  /** How far the venue's clock is ahead of ours, by the messages of `latestAt`. `null`: no message has told it yet. */
  get offsetMs(): number | null {
    const offsetMs = this.latestAt(0);
    return offsetMs === null ? null : Math.round(offsetMs);
  }

  /**
   * The same by the messages that were under way the shortest, in the middle of the last seconds: neither messages that
   * were held up nor a few with a wrong time say what is ahead of the venue.
   */
  latestAt(localTimeMs: number): number | null {
    if (this.#seconds.length === 0) return null;
    this.#middleMs ??= middleOf(this.#seconds.map(({ mostMs }) => mostMs));
    return localTimeMs + this.#middleMs;
  }
}

function middleOf(offsets: readonly number[]): number {
  return offsets.toSorted((a, b) => a - b)[Math.floor(offsets.length / 2)]!;
}
