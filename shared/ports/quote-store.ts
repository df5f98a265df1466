import type { ReceivedLevels, ReceivedQuote } from '../contracts/book-rows.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';

/** By which a quote, or levels, are known: of what has the same, one is kept. */
export interface BookPlace {
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly quality: number;
}

export type StoredQuote = Omit<ReceivedQuote, 'tradesBefore'>;
export type StoredLevels = Omit<ReceivedLevels, 'tradesBefore'>;

/** Which of what is stored of an instrument. */
export interface BookRange {
  /** At or after. */
  readonly fromMs: number;
  /** Before. */
  readonly toMs: number;
  /** Only what lies before this, in the order of the store; null: all. */
  readonly before: BookPlace | null;
  readonly limit: number;
}

/** Durable, queryable best prices and levels of books, in order of (timeMs, receivedAtMs, quality). */
export interface QuoteStore {
  /**
   * Resolves when they can be queried.
   * @param mayRepeat some of them may have been inserted by an earlier attempt: those are looked up and left out.
   */
  insertQuotes(quotes: readonly StoredQuote[], options: { readonly mayRepeat: boolean }): Promise<void>;
  insertLevels(levels: readonly StoredLevels[], options: { readonly mayRepeat: boolean }): Promise<void>;
  /** The newest of the range, newest first. */
  newestQuotes(instrumentId: InstrumentId, range: BookRange): Promise<readonly StoredQuote[]>;
  newestLevels(instrumentId: InstrumentId, range: BookRange): Promise<readonly StoredLevels[]>;
}
