/** How long what a message said of the venue's clock is relied upon, when newer ones say otherwise. */
const WINDOW_SECONDS = 10;
/** A clock further off than this is a mistake in the message. */
const MAX_OFFSET_MS = 3_600_000;

interface SecondOfOffsets {
  readonly second: number;
  leastMs: number;
}

/**
 * Tells the venue's time from the times in its messages. The two clocks differ by seconds and every message was under
 * way for a while, so the least offset of the last seconds counts: an estimate that is early only delays a candle,
 * one that is late would close it before its last trades have come.
 */
export class VenueClock {
  #seconds: SecondOfOffsets[] = [];

  /** A message that the venue stamped with its time was received at a time of ours. */
  observe(venueTimeMs: number, receivedAtMs: number): void {
    const offsetMs = venueTimeMs - receivedAtMs;
    if (!(Math.abs(offsetMs) <= MAX_OFFSET_MS)) return;
    const second = Math.floor(receivedAtMs / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) {
      last.leastMs = Math.min(last.leastMs, offsetMs);
      return;
    }
    this.#seconds = this.#seconds.filter((seen) => seen.second > second - WINDOW_SECONDS);
    this.#seconds.push({ second, leastMs: offsetMs });
  }

  /** The venue's time at a time of ours, rather too early than too late. `null`: no message has told it yet. */
  at(localTimeMs: number): number | null {
    if (this.#seconds.length === 0) return null;
    return localTimeMs + Math.min(...this.#seconds.map(({ leastMs }) => leastMs));
  }
}
