const MIN_DISTANCE_MS = 1000;
const MAX_CHANNELS = 10_000;

/**
 * Prices, quotes and levels of books go out at most once a second on each channel; those in between are left out, since the next one makes up
 * for them. Kept in memory: a second copy of the function may send one more, which harms nobody.
 */
export class PricePace {
  readonly #nowMs: () => number;
  readonly #sentAtMs = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Whether a price may go out on the channel now; if so, it counts as sent. */
  admits(channel: string): boolean {
    const nowMs = this.#nowMs();
    const sentAtMs = this.#sentAtMs.get(channel);
    if (sentAtMs !== undefined && nowMs - sentAtMs < MIN_DISTANCE_MS) return false;
    if (this.#sentAtMs.size >= MAX_CHANNELS) this.#sentAtMs.clear();
    this.#sentAtMs.set(channel, nowMs);
    return true;
  }
}
