import type { QueryOf } from '../../../shared/contracts/api.ts';
import { exchangeOf, isInstrumentId, pairOf } from '../../../shared/domain/market-data/instrument.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { knownListings } from '../../../shared/runtime/known-listings.ts';
import { latestPrices } from '../../../shared/runtime/latest-prices.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { NOT_A_CURSOR } from '../../../shared/runtime/rest-listing.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { correlate } from './correlate.ts';
import { readBars } from './read-bars.ts';
import { readBooks, readQuotes } from './read-books.ts';
import { readCandles } from './read-candles.ts';
import { readQuality } from './read-quality.ts';
import { unknownInstrument } from './unknown-instrument.ts';

type Needs = Pick<Ports, 'trades' | 'candles' | 'quotes' | 'quality' | 'state'>;

/** Prices, candles and bars with the one under way, best prices and levels of books, how they move together, and the instruments that there are. */
export function createHandler(ports: Needs) {
  return defineRestFunction('read-market', {
    'GET /v1/prices/{pair}': async ({ path, query }) => {
      const instrumentId = `${query.exchange}:${path.pair}`;
      const price = (await latestPrices(ports.state, [instrumentId])).get(instrumentId);
      return price === undefined ? unknownInstrument(instrumentId) : { kind: 'done', body: price };
    },
    'GET /v1/candles/{pair}': async ({ path, query }) =>
      readCandles(ports, `${query.exchange}:${path.pair}`, query),
    'GET /v1/bars/{pair}': async ({ path, query }) =>
      readBars(ports, `${query.exchange}:${path.pair}`, query),
    'GET /v1/quotes/{pair}': async ({ path, query }) =>
      readQuotes(ports.quotes, `${query.exchange}:${path.pair}`, query),
    'GET /v1/books/{pair}': async ({ path, query }) =>
      readBooks(ports.quotes, `${query.exchange}:${path.pair}`, query),
    'GET /v1/quality': async ({ query }) => readQuality(ports.quality, query),
    'GET /v1/correlations': async ({ query }) => correlate(ports.candles, query),
    'GET /v1/instruments': async ({ query }) => listInstruments(ports, query),
  });
}

async function listInstruments(
  ports: Needs,
  query: QueryOf<'GET /v1/instruments'>,
): Promise<RestOutcome<'GET /v1/instruments'>> {
  const { limit, after, of } = query;
  if (after !== undefined && !isInstrumentId(after)) return NOT_A_CURSOR;
  if (of === 'catalogue') return listCatalogue(ports.state, query);
  // A store sorts by bytes, which for rare letters is another order.
  const all = (await ports.candles.instruments()).toSorted();
  const rest = after === undefined ? all : all.filter((instrumentId) => instrumentId > after);
  const items = rest.slice(0, limit).map((instrumentId) => ({
    instrumentId,
    exchange: exchangeOf(instrumentId),
    pair: pairOf(instrumentId),
  }));
  const next = rest.length > limit ? (items.at(-1)?.instrumentId ?? null) : null;
  return { kind: 'done', body: { items, next } };
}

async function listCatalogue(
  state: StateStore,
  { limit, after = '', exchange, asOf }: QueryOf<'GET /v1/instruments'>,
): Promise<RestOutcome<'GET /v1/instruments'>> {
  const all = await knownListings(state, exchange, asOf);
  const rest = all.filter(({ instrumentId }) => instrumentId > after);
  const items = rest.slice(0, limit).map(({ instrumentId, ...listing }) => ({
    instrumentId,
    exchange: exchangeOf(instrumentId),
    pair: pairOf(instrumentId),
    listing,
  }));
  const next = rest.length > limit ? (items.at(-1)?.instrumentId ?? null) : null;
  return { kind: 'done', body: { items, next } };
}
