/** At each boundary, at most: a tape that waits all the time must not keep the rest from ever being done. */
const LONGEST_MS = 100;

/**
 * A tape that waits at a boundary holds its trades back until what it caused has settled. Whatever else ran meanwhile, on the
 * same two cores and in the same ClickHouse, would make that longer; so whoever the tape does not wait for lets it pass.
 */
export class GivingWay {
  readonly #isAwaited: () => boolean;
  #untilMs: number | null = null;

  /** @param isAwaited whether a tape waits now. */
  constructor(isAwaited: () => boolean) {
    this.#isAwaited = isAwaited;
  }

  /** Until when to begin nothing new, unless woken; null: nobody waits, or has waited for long. */
  untilMs(nowMs: number): number | null {
    if (!this.#isAwaited()) {
      this.#untilMs = null;
      return null;
    }
    this.#untilMs ??= nowMs + LONGEST_MS;
    return nowMs < this.#untilMs ? this.#untilMs : null;
  }
}
