import { booksPartition, fillsPartition } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { MAX_STRATEGIES } from '../../../shared/contracts/strategy-views.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { isKnownAccount, unknownAccount } from '../../../shared/runtime/accounts.ts';
import { latestPrices } from '../../../shared/runtime/latest-prices.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import { markBook, totalsOf } from './mark-books.ts';

/** Positions, equity and fills. */
export function createHandler(ports: Pick<Ports, 'state'>) {
  return defineRestFunction('read-portfolio', {
    'GET /v1/portfolio': async ({ query: { account } }) => {
      if (!(await isKnownAccount(ports.state, account))) return unknownAccount(account);
      const books = await readBooks(ports.state, account);
      // Only what is held needs a price.
      const held = books.filter(({ quantity }) => quantity !== '0').map(({ instrumentId }) => instrumentId);
      const marks = await latestPrices(ports.state, held);
      const positions = books.map((book) => markBook(book, marks.get(book.instrumentId) ?? null));
      return { kind: 'done', body: { accountId: account, totals: totalsOf(positions), positions } };
    },
    'GET /v1/fills': async ({ query }) => {
      if (!(await isKnownAccount(ports.state, query.account))) return unknownAccount(query.account);
      return listItems(
        (options) => ports.state.queryIndex<Fill>('portfolio', fillsPartition(query.account), options),
        query,
        {
          descending: true,
          keep: (fill) => query.strategyId === undefined || fill.strategyId === query.strategyId,
        },
      );
    },
  });
}

async function readBooks(state: StateStore, accountId: string): Promise<BookRecord[]> {
  const page = await state.queryIndex<BookRecord>('portfolio', booksPartition(accountId), {
    // There are at most as many books as strategy instances, whose bound is approximate on AWS.
    limit: MAX_STRATEGIES,
  });
  return page.items.map((item) => item.value);
}
