import type { QueryOf } from '../../../shared/contracts/api.ts';
import { bookViewOf, quoteViewOf } from '../../../shared/contracts/book-views.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { BookPlace, BookRange, QuoteStore } from '../../../shared/ports/quote-store.ts';
import { NOT_A_CURSOR } from '../../../shared/runtime/rest-listing.ts';
import type { Refusal, RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

/** The best prices of a book, newest first. */
export async function readQuotes(
  store: QuoteStore,
  instrumentId: InstrumentId,
  query: QueryOf<'GET /v1/quotes/{pair}'>,
): Promise<RestOutcome<'GET /v1/quotes/{pair}'>> {
  const read = async (range: BookRange) => store.newestQuotes(instrumentId, range);
  const page = await readPage(read, instrumentId, query);
  if (page.kind !== 'page') return page;
  return { kind: 'done', body: { items: page.items.map(quoteViewOf), next: page.next } };
}

/** Its best levels, newest first. */
export async function readBooks(
  store: QuoteStore,
  instrumentId: InstrumentId,
  query: QueryOf<'GET /v1/books/{pair}'>,
): Promise<RestOutcome<'GET /v1/books/{pair}'>> {
  const read = async (range: BookRange) => store.newestLevels(instrumentId, range);
  const page = await readPage(read, instrumentId, query);
  if (page.kind !== 'page') return page;
  const items = page.items.map((levels) => bookViewOf(levels, query.levels));
  return { kind: 'done', body: { items, next: page.next } };
}

interface PageQuery {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly after?: string | undefined;
}

type BookPage<Item> = {
  readonly kind: 'page';
  readonly items: readonly Item[];
  readonly next: string | null;
};

async function readPage<Item extends BookPlace>(
  read: (range: BookRange) => Promise<readonly Item[]>,
  instrumentId: InstrumentId,
  { from, to, limit, after }: PageQuery,
): Promise<BookPage<Item> | Refusal> {
  const before = after === undefined ? null : placeOf(after);
  if (after !== undefined && before === null) return NOT_A_CURSOR;
  const items = await read({ fromMs: from, toMs: to, before, limit });
  if (items.length === 0) {
    const any = await read({ fromMs: 0, toMs: MAX_TIME_MS, before: null, limit: 1 });
    if (any.length === 0) return { kind: 'not-found', detail: `no book of ${instrumentId}` };
  }
  return { kind: 'page', items, next: items.length < limit ? null : cursorOf(items.at(-1)!) };
}

function cursorOf({ timeMs, receivedAtMs, quality }: BookPlace): string {
  return `${timeMs}-${receivedAtMs}-${quality}`;
}

const CURSOR = /^(\d{1,15})-(\d{1,15})-(\d{1,10})$/;
const MAX_QUALITY = 2 ** 32 - 1;

/** @returns null: no page has given this out. */
function placeOf(cursor: string): BookPlace | null {
  const [, timeMs, receivedAtMs, quality] = CURSOR.exec(cursor)?.map(Number) ?? [];
  if (timeMs === undefined || receivedAtMs === undefined || quality === undefined) return null;
  const isPlace = timeMs < MAX_TIME_MS && receivedAtMs < MAX_TIME_MS && quality <= MAX_QUALITY;
  return isPlace ? { timeMs, receivedAtMs, quality } : null;
}
