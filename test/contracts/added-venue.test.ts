/** A venue that is added as docs/how-to/add-a-venue.md says, without its name in the list of those that there are. */
import { ownMarket, otherMarket } from '../../shared/adapters/exchanges/own-market.ts';
import { pagesById } from '../../shared/adapters/exchanges/pages-by-id.ts';
import { portionsOf } from '../../shared/adapters/exchanges/portions.ts';
import { bounded, isFields, named, parseJson } from '../../shared/adapters/exchanges/told-fields.ts';
import type { Decoder, Venue } from '../../shared/adapters/exchanges/venue.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { isInstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { describeVenue } from './suites/venue.ts';

const NAME = 'bazaar' as Exchange;

const bazaarMarket = ownMarket({
  domains: ['bazaar.example'],
  hosts: /^spot\.bazaar\.example$/,
  otherPaths: /^\/perpetuals(\/|$)/,
});

const bazaarDecoder: Decoder = {
  read: ({ url, message }, receivedAtMs) => {
    const otherPlace = bazaarMarket(url);
    if (otherPlace !== null) return otherMarket(otherPlace);
    const json = parseJson(message);
    if (json === null) return [{ kind: 'malformed', cause: 'not JSON' }];
    if (!isFields(json.value)) return [{ kind: 'malformed', cause: 'expected a JSON object' }];
    const { what, at, pair, id, price, size, taker } = json.value;
    if (what !== 'sale')
      return [{ kind: 'set-aside', what: named(what, 'nothing'), cause: 'this channel is not read' }];
    const instrumentId = `${NAME}:${String(pair)}`;
    if (!isInstrumentId(instrumentId)) return [{ kind: 'malformed', cause: 'a sale of an unknown pair' }];
    const [tradeId, takerSide, timeMs] = [bounded(id), bounded(taker), bounded(at)];
    return [
      ...(typeof at === 'number' ? [{ kind: 'clock', venueTimeMs: at } as const] : []),
      {
        kind: 'trade',
        instrumentId,
        tradeId,
        price: bounded(price),
        quantity: bounded(size),
        takerSide,
        timeMs,
        receivedAtMs,
      },
    ];
  },
};

const bazaar: Venue = {
  exchange: NAME,
  domains: bazaarMarket.domains,
  readInstrument: (text) => {
    const [first = '', second] = text.toUpperCase().split(':');
    const instrumentId = `${NAME}:${second ?? first}`;
    return isInstrumentId(instrumentId) && (second === undefined || first === NAME.toUpperCase())
      ? instrumentId
      : null;
  },
  decoder: () => bazaarDecoder,
  books: null,
  history: null,
  live: {
    endpoints: { ws: 'wss://spot.bazaar.example/ws', rest: 'https://spot.bazaar.example' },
    limits: { weightPerMinute: 60 },
    connect: ({ ws }, instrumentIds) =>
      portionsOf(instrumentIds, 10).map((ids) => ({
        url: ws,
        instrumentIds: ids,
        bookIds: [],
        subscribe: [JSON.stringify({ tell: ids })],
        keepAlive: null,
        sayNewest: null,
      })),
    symbolOf: (id) => id.slice(NAME.length + 1),
    backfill: pagesById(100, (rest, id, from) => ({ url: `${rest}/sales/${id}?from=${from}`, weight: 1 })),
    latestTrade: (rest, id) => ({ url: `${rest}/sales/${id}`, weight: 1 }),
    time: (rest) => ({ url: `${rest}/time`, weight: 1 }),
    catalogue: null,
    books: null,
  },
};

const AT_MS = 1_767_225_600_000;
const line = (message: unknown): string =>
  JSON.stringify({
    receivedAtNs: `${AT_MS}000000`,
    // The reader of captures knows the listed exchanges alone; which of them stands here is nothing to the venue.
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://spot.bazaar.example/ws',
    message: JSON.stringify(message),
  });

describeVenue({
  venue: bazaar,
  lines: [
    line({ what: 'sale', at: AT_MS, pair: 'BTC-USD', id: '7', price: '88000.10', size: '0.5', taker: 'B' }),
    line({ what: 'rumour', text: 'to the moon' }),
    line({ what: 'sale', at: AT_MS + 1, pair: 'ETH-USD', id: '9', price: '2970', size: '1', taker: 'S' }),
  ],
  trades: [`bazaar:BTC-USD 7 BUY 0.5 at 88000.1, ${AT_MS}`, `bazaar:ETH-USD 9 SELL 1 at 2970, ${AT_MS + 1}`],
  setAside: { rumour: 1 },
  sequenceGaps: 0,
  otherMarkets: ['wss://perpetuals.bazaar.example/ws', 'https://spot.bazaar.example/perpetuals/sales'],
});
