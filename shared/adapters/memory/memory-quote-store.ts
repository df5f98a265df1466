import { checkReadLimit } from '../clickhouse/requests.ts';
import type { BookPlace, BookRange, QuoteStore, StoredLevels, StoredQuote } from '../../ports/quote-store.ts';

/** Quotes and levels in memory, with the promises of the real store. */
export class MemoryQuoteStore implements QuoteStore {
  readonly quotes: StoredQuote[] = [];
  readonly levels: StoredLevels[] = [];

  async insertQuotes(quotes: readonly StoredQuote[]): Promise<void> {
    insert(this.quotes, quotes);
  }

  async insertLevels(levels: readonly StoredLevels[]): Promise<void> {
    insert(this.levels, levels);
  }

  async newestQuotes(instrumentId: string, range: BookRange): Promise<readonly StoredQuote[]> {
    return newest(this.quotes, instrumentId, range);
  }

  async newestLevels(instrumentId: string, range: BookRange): Promise<readonly StoredLevels[]> {
    return newest(this.levels, instrumentId, range);
  }
}

type Moment = BookPlace & { readonly instrumentId: string };

function insert<M extends Moment>(all: M[], moments: readonly M[]): void {
  for (const moment of moments)
    if (!all.some((known) => known.instrumentId === moment.instrumentId && compare(known, moment) === 0))
      all.push(moment);
}

function newest<M extends Moment>(all: readonly M[], instrumentId: string, range: BookRange): M[] {
  const { fromMs, toMs, before, limit } = range;
  checkReadLimit(limit);
  return all
    .filter((moment) => moment.instrumentId === instrumentId)
    .filter((moment) => moment.timeMs >= fromMs && moment.timeMs < toMs)
    .filter((moment) => before === null || compare(moment, before) < 0)
    .sort((a, b) => compare(b, a))
    .slice(0, limit);
}

function compare(a: BookPlace, b: BookPlace): number {
  return a.timeMs - b.timeMs || a.receivedAtMs - b.receivedAtMs || a.quality - b.quality;
}
