/** Of venue time. */
const QUOTE_EVERY_MS = 100;
const LEVELS_EVERY_MS = 1000;
/** A venue's times differ by less among themselves; one that lies further back means that its clock was set. */
const MAX_DISORDER_MS = 5000;

/** What the book, as it stands, is to be told as. */
export interface Sample {
  /** The venue's time of the change after which it stood so. */
  readonly timeMs: number;
  /** Its best prices, and its levels: one of the two at least. */
  readonly hasQuote: boolean;
  readonly hasLevels: boolean;
}

/**
 * When the state of a book is told: the last one of each 100 ms of venue time, once anything past their end has come, and with
 * its levels the last one of each second. What comes next is to be told of by `pass` **before** it changes the book.
 */
export class QuoteSampler {
  /** Of the last change; null: none since the book began. */
  #changedMs: number | null = null;
  #isQuoteTold = false;
  #areLevelsTold = false;

  /** The venue's time of the last change; null: there was none. */
  get changedMs(): number | null {
    return this.#changedMs;
  }

  /** The venue's time is this now. @returns null: nothing is to be told. */
  pass(nowMs: number): Sample | null {
    const timeMs = this.#changedMs;
    if (timeMs === null || this.#areLevelsTold) return null;
    const hasQuote = !this.#isQuoteTold && isOver(timeMs, nowMs, QUOTE_EVERY_MS);
    const hasLevels = isOver(timeMs, nowMs, LEVELS_EVERY_MS);
    if (!hasQuote && !hasLevels) return null;
    this.#isQuoteTold ||= hasQuote;
    this.#areLevelsTold = hasLevels;
    return { timeMs, hasQuote, hasLevels };
  }

  /** A change of this time was made. Messages may be stamped out of order: the book has come further, and does not go back. */
  change(timeMs: number): void {
    const last = this.#changedMs ?? timeMs;
    this.#changedMs = timeMs < last - MAX_DISORDER_MS ? timeMs : Math.max(last, timeMs);
    this.#isQuoteTold = this.#areLevelsTold = false;
  }

  /** A snapshot took the place of the book: nobody knows since when it stands so, and it is not told. */
  reset(): void {
    this.#changedMs = null;
  }
}

/** Whether the span of so many milliseconds in which a time lies has come to its end. */
function isOver(timeMs: number, nowMs: number, lengthMs: number): boolean {
  return Math.floor(timeMs / lengthMs) < Math.floor(nowMs / lengthMs);
}
