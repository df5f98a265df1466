export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Waits that double, each shortened by chance, so that a thousand clients do not come back at the same instant. */
export class Backoff {
  readonly #options: BackoffOptions;
  #attempts = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The wait before the next attempt: between half and all of what is due. */
  nextMs(): number {
    const { firstMs, longestMs, random } = this.#options;
    const dueMs = Math.min(longestMs, firstMs * 2 ** this.#attempts);
    this.#attempts++;
    return dueMs * (0.5 + random() / 2);
  }

  /** An attempt went well for long enough. */
  reset(): void {
    this.#attempts = 0;
  }
}
