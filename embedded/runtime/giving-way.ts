/** A boundary is waited for twice, and what the tape sends behind it goes first. */
const BEHIND_MS = 8;

/** The boundary at which tapes wait, or waited last. All times are of the wall. */
export class AwaitedBoundary {
  #waiting = 0;
  #fromMs = -Infinity;
  #untilMs = -Infinity;

  get isAwaited(): boolean {
    return this.#waiting > 0;
  }

  begin(nowMs: number): void {
    if (this.#waiting++ === 0 && nowMs >= this.#untilMs + BEHIND_MS) this.#fromMs = nowMs;
  }

  end(nowMs: number): void {
    this.#waiting--;
    this.#untilMs = nowMs;
  }

  /** Until when whoever lets it pass for so long has to wait; past: it is over, or has lasted for longer. */
  passesAtMs(longestMs: number): number {
    const longest = this.#fromMs + longestMs;
    return this.isAwaited ? longest : Math.min(longest, this.#untilMs + BEHIND_MS);
  }
}

/**
 * A tape that waits at a boundary holds its trades back until what it caused has settled. Whatever else ran meanwhile, on the
 * same two cores and in the same ClickHouse, would make that longer; so whoever the tape does not wait for lets it pass.
 */
export class GivingWay {
  readonly #boundary: AwaitedBoundary;
  readonly #longestMs: number;

  /** @param longestMs at each boundary: a tape that waits all the time must not keep the rest from ever being done. */
  constructor(boundary: AwaitedBoundary, longestMs: number) {
    this.#boundary = boundary;
    this.#longestMs = longestMs;
  }

  /** Until when to begin nothing new, unless woken; null: nobody waits, or has waited for long. */
  untilMs(nowMs: number): number | null {
    const passesAtMs = this.#boundary.passesAtMs(this.#longestMs);
    return nowMs < passesAtMs ? passesAtMs : null;
  }
}
