import { candleViewOf, openCandleOf } from '../../../shared/contracts/lane-candles.ts';
import type { CandleView } from '../../../shared/contracts/events.ts';
import type { QueryOf } from '../../../shared/contracts/api.ts';
import type { Interval } from '../../../shared/domain/candles/interval.ts';
import {
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../shared/domain/market-data/instrument.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { readAllLaneCandles } from '../../../shared/runtime/lane-candles.ts';
import { knownListings } from '../../../shared/runtime/known-listings.ts';
import { latestPrices } from '../../../shared/runtime/latest-prices.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { NOT_A_CURSOR } from '../../../shared/runtime/rest-listing.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { correlate } from './correlate.ts';
import { unknownInstrument } from './unknown-instrument.ts';

type Needs = Pick<Ports, 'candles' | 'state'>;

/** Prices, candles with the one under way, how they move together, and the instruments that there are. */
export function createHandler(ports: Needs) {
  return defineRestFunction('read-market', {
    'GET /v1/prices/{pair}': async ({ path, query }) => {
      const instrumentId = `${query.exchange}:${path.pair}`;
      const price = (await latestPrices(ports.state, [instrumentId])).get(instrumentId);
      return price === undefined ? unknownInstrument(instrumentId) : { kind: 'done', body: price };
    },
    'GET /v1/candles/{pair}': async ({ path, query }) =>
      readCandles(ports, `${query.exchange}:${path.pair}`, query),
    'GET /v1/correlations': async ({ query }) => correlate(ports.candles, query),
    'GET /v1/instruments': async ({ query }) => listInstruments(ports, query),
  });
}

async function readCandles(
  ports: Needs,
  instrumentId: InstrumentId,
  { interval, from, to, limit }: QueryOf<'GET /v1/candles/{pair}'>,
): Promise<RestOutcome<'GET /v1/candles/{pair}'>> {
  // The open candle is read first: if it closes before the others are read, it is among those.
  const underWay = await openCandle(ports.state, instrumentId, interval);
  const closed = await ports.candles.between(instrumentId, interval, from, to, limit);
  const items: CandleView[] = closed.map(candleViewOf);
  const lastClosedMs = items.at(-1)?.openTimeMs ?? -1;
  if (
    underWay !== null &&
    from <= underWay.openTimeMs &&
    underWay.openTimeMs < to &&
    underWay.openTimeMs > lastClosedMs
  ) {
    items.push(underWay);
  }
  if (items.length === 0 && !(await ports.candles.instruments()).includes(instrumentId)) {
    return unknownInstrument(instrumentId);
  }
  const page = items.slice(-limit);
  const mayHaveOlder = closed.length === limit && page[0] !== undefined;
  return { kind: 'done', body: { items: page, next: mayHaveOlder ? String(page[0]!.openTimeMs) : null } };
}

/** The candle under way, out of the state that build-candles keeps of its lane. */
async function openCandle(
  state: StateStore,
  instrumentId: InstrumentId,
  interval: Interval,
): Promise<CandleView | null> {
  const candles = await readAllLaneCandles(state, laneOf(instrumentId));
  return candles === null ? null : openCandleOf(candles, instrumentId, interval);
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
