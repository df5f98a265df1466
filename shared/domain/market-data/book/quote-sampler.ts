/** Of venue time. */
const QUOTE_EVERY_MS = 100;
const LEVELS_EVERY_MS = 1000;

/** What the book, as it stands, is to be told as; null: nothing. */
export interface Sample {
  /** The venue's time of the change after which it stood so. */
  readonly timeMs: number;
  readonly hasLevels: boolean;
}

/**
 * When the state of a book is told: the last one of each 100 ms of venue time, once a change past their end has come, and with
 * its levels the last one of each second. Asked **before** a change is made, the book still shows what is to be told.
 */
export class QuoteSampler {
  #timeMs: number | null = null;
  #levelsTimeMs: number | null = null;

  /** A change of this time is about to be made. */
  next(timeMs: number): Sample | null {
    const last = this.#timeMs;
    this.#timeMs = timeMs;
    if (last === null || isSameSpan(last, timeMs, QUOTE_EVERY_MS)) return null;
    const hasLevels = !isSameSpan(last, timeMs, LEVELS_EVERY_MS) && last !== this.#levelsTimeMs;
    if (hasLevels) this.#levelsTimeMs = last;
    return { timeMs: last, hasLevels };
  }

  /** A snapshot took the place of the book: nobody knows since when it stands so, and it is not told. */
  reset(): void {
    this.#timeMs = null;
  }
}

function isSameSpan(one: number, other: number, lengthMs: number): boolean {
  return Math.floor(one / lengthMs) === Math.floor(other / lengthMs);
}
