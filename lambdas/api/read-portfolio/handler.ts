import { booksPartition, fillsPartition } from '../../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID, type BookRecord } from '../../../shared/contracts/records.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { latestPrice } from '../../../shared/runtime/latest-price.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import { markBook, totalsOf, type Mark } from './mark-books.ts';

type Needs = Pick<Ports, 'state' | 'candles'>;

/** There are at most as many books as strategy instances. */
const MAX_BOOKS = 1000;
const PRICES_AT_ONCE = 8;

/** Positions, equity and fills. */
export function createHandler(ports: Needs) {
  return defineRestFunction('read-portfolio', {
    'GET /v1/portfolio': async () => {
      const books = await readBooks(ports.state);
      const marks = await readMarks(ports, books);
      const positions = books.map((book) => markBook(book, marks.get(book.instrumentId) ?? null));
      return { kind: 'done', body: { accountId: PAPER_ACCOUNT_ID, totals: totalsOf(positions), positions } };
    },
    'GET /v1/fills': async ({ query }) =>
      listItems(
        (options) => ports.state.queryIndex<Fill>('portfolio', fillsPartition(PAPER_ACCOUNT_ID), options),
        query,
        {
          descending: true,
          keep: (fill) => query.strategyId === undefined || fill.strategyId === query.strategyId,
        },
      ),
  });
}

async function readBooks(state: StateStore): Promise<BookRecord[]> {
  const page = await state.queryIndex<BookRecord>('portfolio', booksPartition(PAPER_ACCOUNT_ID), {
    limit: MAX_BOOKS,
  });
  return page.items.map((item) => item.value);
}

/** Only what is held needs a price. */
async function readMarks({ candles }: Needs, books: readonly BookRecord[]): Promise<Map<InstrumentId, Mark>> {
  const held = books.filter(({ quantity }) => quantity !== '0').map(({ instrumentId }) => instrumentId);
  const prices = await inParallel([...new Set(held)], PRICES_AT_ONCE, async (id) => latestPrice(candles, id));
  return new Map(prices.flatMap((price) => (price === null ? [] : [[price.instrumentId, price] as const])));
}
