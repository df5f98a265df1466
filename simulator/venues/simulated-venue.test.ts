/** Simulated venues as the platform's own decoders and books read them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { venueOf } from '../../shared/adapters/exchanges/venues.ts';
import type { VenueEvent } from '../../shared/adapters/exchanges/venue.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import { BookKeeper } from '../../shared/domain/market-data/book/book-keeper.ts';
import { canonical } from '../../shared/domain/market-data/book/order-book.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { parseDecimal } from '../../shared/domain/decimal.ts';
import { SimulatedTime } from '../../test/support/simulated-time.ts';
import { fixed, type Listing } from '../market/listing.ts';
import type { Level } from '../market/market-book.ts';
import type { SimulatedVenue, VenueLink } from './simulated-venue.ts';
import { simulatedVenues } from './simulated-venues.ts';
import type { FaultKind } from './venue-faults.ts';

const START_MS = Date.UTC(2026, 0, 1);
const INSTRUMENTS = 3;

let time: SimulatedTime;
let venues: readonly SimulatedVenue[];

beforeEach(() => {
  time = new SimulatedTime(START_MS);
  let chance = 0;
  venues = simulatedVenues({
    seed: 3,
    instruments: INSTRUMENTS,
    tradesPerSecond: 5,
    time: time.process(),
    random: () => (chance = (chance + 0.37) % 1),
    historyMs: 10_000,
  });
  for (const venue of venues) venue.open();
});

const venueAt = (exchange: Exchange): SimulatedVenue => venues.find((each) => each.exchange === exchange)!;

/** What a listener of everything says at first, and where. */
const EVERYTHING: Readonly<Record<Exchange, (listings: readonly Listing[]) => readonly string[]>> = {
  binance: (listings) => [
    JSON.stringify({
      method: 'SUBSCRIBE',
      params: listings.flatMap(({ base, quote }) =>
        ['trade', 'depth@100ms', 'bookTicker'].map((of) => `${(base + quote).toLowerCase()}@${of}`),
      ),
      id: 1,
    }),
  ],
  coinbase: (listings) =>
    ['market_trades', 'level2', 'heartbeats'].map((channel) =>
      JSON.stringify({
        type: 'subscribe',
        channel,
        product_ids: listings.map(({ base, quote }) => `${base}-${quote}`),
      }),
    ),
  kraken: (listings) =>
    ['trade', 'book'].map((channel) =>
      JSON.stringify({
        method: 'subscribe',
        params: { channel, symbol: listings.map(({ base, quote }) => `${base}/${quote}`), depth: 10 },
      }),
    ),
};

/** A listener of everything: events by the venue's own decoder. */
function listen(exchange: Exchange) {
  const venue = venueAt(exchange);
  const texts: string[] = [];
  const ends: string[] = [];
  const decoder = venueOf(exchange).decoder();
  const events: VenueEvent[] = [];
  const url = venueOf(exchange).live!.endpoints.ws;
  const link = venue.connect(exchange === 'binance' ? '/stream' : venue.path, {
    receive: (message) => {
      texts.push(message);
      events.push(...decoder.read({ kind: 'ws', url, message }, time.nowMs()));
    },
    cut: (cause) => ends.push(cause),
  });
  for (const text of EVERYTHING[exchange](venue.listings)) link?.hear(text);
  return { venue, link: link as VenueLink, texts, ends, events };
}

/** An answer, as the venue's own decoder reads it. */
function ask(exchange: Exchange, url: string): readonly VenueEvent[] {
  const { body } = venueAt(exchange).answer(url.replace(/^https?:\/\/[^/]*/, ''));
  return venueOf(exchange)
    .decoder()
    .read({ kind: 'rest', url, message: JSON.stringify(body) }, time.nowMs());
}

/** Trades as the venue recorded them and as they were read, in the same words. */
function recorded({ record }: SimulatedVenue, { instrumentId, priceDecimals, quantityDecimals }: Listing) {
  return record.tradesOf(instrumentId).map(({ id, priceTicks, quantitySteps, timeMs, isBuy }) => ({
    id,
    price: parseDecimal(fixed(priceTicks, priceDecimals)),
    quantity: parseDecimal(fixed(quantitySteps, quantityDecimals)),
    timeMs,
    takerSide: isBuy ? 'BUY' : 'SELL',
  }));
}

function read(events: readonly VenueEvent[], { instrumentId }: Listing) {
  return events.flatMap((event) => {
    if (event.kind !== 'trade' || event.instrumentId !== instrumentId) return [];
    const trade = readToldTrade(event);
    if (typeof trade === 'string') throw new Error(trade);
    const { tradeId: id, price, quantity, timeMs, takerSide } = trade;
    return [{ id, price, quantity, timeMs, takerSide }];
  });
}

const levelsOf = (levels: readonly Level[], { priceDecimals, quantityDecimals }: Listing, depth: number) =>
  levels
    .slice(0, depth)
    .map(([price, quantity]) => [
      canonical(fixed(price, priceDecimals)),
      canonical(fixed(quantity, quantityDecimals)),
    ]);

/** The book of an instrument as it follows from what was heard. */
function keep(exchange: Exchange, events: readonly VenueEvent[], { instrumentId }: Listing): BookKeeper {
  const keeper = new BookKeeper(venueOf(exchange).books!);
  for (const event of events) {
    if (!('instrumentId' in event) || event.instrumentId !== instrumentId) continue;
    if (event.kind === 'book-snapshot') keeper.snapshot(event);
    else if (event.kind === 'book-delta') keeper.delta(event);
    else if (event.kind === 'quote') keeper.quote(event);
    else if (event.kind === 'book-gap') keeper.lose(event.cause);
  }
  return keeper;
}

const SNAPSHOT: Readonly<Record<Exchange, string | null>> = {
  binance: 'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000',
  coinbase: null,
  kraken: null,
};

describe.each(EXCHANGES)('%s, simulated', (exchange) => {
  const live = () => venueOf(exchange).live!;

  it('says nothing that the platform does not read, and every trade of its record', async () => {
    const { venue, events } = listen(exchange);
    await time.pass(5000);
    const unread = events.filter(({ kind }) =>
      ['set-aside', 'malformed', 'refused', 'sequence-gap', 'book-gap'].includes(kind),
    );
    expect(unread).toEqual([]);
    for (const listing of venue.listings) {
      const trades = recorded(venue, listing);
      const heard = read(events, listing);
      expect(heard.length).toBeGreaterThanOrEqual(24);
      expect(heard).toEqual(trades.slice(-heard.length));
    }
    expect(events.some(({ kind }) => kind === 'clock')).toBe(true);
  });

  it('tells books that prove to be whole, down to the last level of the last update', async () => {
    const { venue, events } = listen(exchange);
    const [listing] = venue.listings;
    await time.pass(500);
    const asked = SNAPSHOT[exchange];
    if (asked !== null) events.push(...ask(exchange, asked));
    await time.pass(30_000);
    const keeper = keep(exchange, events, listing!);
    expect([keeper.state, keeper.cause]).toEqual(['whole', null]);
    expect(keeper.counters).toMatchObject({ gaps: 0, resyncs: 0, checksumsBad: 0, quotesBad: 0 });
    expect(keeper.counters.applied).toBeGreaterThan(280);
    if (exchange === 'kraken') expect(keeper.counters.checksumsOk).toBeGreaterThan(280);
    if (exchange === 'binance') expect(keeper.counters.quotesOk).toBeGreaterThan(280);
    const book = venue.bookOf(listing!);
    for (const side of ['bids', 'asks'] as const) {
      const kept = [...keeper.book[side].levels].reverse().slice(0, 10);
      expect(kept.map(({ price, quantity }) => [canonical(price), canonical(quantity)])).toEqual(
        levelsOf(book[side], listing!, 10),
      );
    }
  });

  it('answers for what was traded after a known trade, page by page, and for the newest', async () => {
    await time.pass(3000);
    const venue = venueAt(exchange);
    const [listing] = venue.listings;
    const trades = recorded(venue, listing!);
    const known = trades[10]!;
    const after = { tradeId: known.id, timeMs: known.timeMs };
    const fetched: VenueEvent[] = [];
    for (
      let page = live().backfill!.first('https://rest.test', listing!.instrumentId, after, time.nowMs());
      ;
    ) {
      const events = ask(exchange, page.request.url);
      const { trades: told, next } = page.read(events.filter((event) => event.kind === 'trade'));
      fetched.push(...told);
      if (next === null) break;
      page = next;
    }
    expect(read(fetched, listing!).filter(({ id }) => id > known.id)).toEqual(trades.slice(11));
    const newest = ask(exchange, live().latestTrade('https://rest.test', listing!.instrumentId).url);
    expect(read(newest, listing!)).toEqual(trades.slice(-1));
  });

  it('tells its clock and its catalogue', () => {
    expect(ask(exchange, live().time('https://rest.test').url)).toContainEqual({
      kind: 'clock',
      venueTimeMs: START_MS,
    });
    const listed = ask(exchange, live().catalogue!('https://rest.test').url);
    const { listings } = venueAt(exchange);
    expect(listed.map((event) => (event.kind === 'instrument' ? event.listing : event))).toEqual(
      listings.map(({ instrumentId, priceDecimals, quantityDecimals }) =>
        expect.objectContaining({
          instrumentId,
          status: 'trading',
          priceStep: fixed(1, priceDecimals),
          quantityStep: fixed(1, quantityDecimals),
        }),
      ),
    );
  });

  it('takes back nothing that a fault printed: its record has what it said', async () => {
    const { venue, events } = listen(exchange);
    for (const kind of ['flood', 'price-spike', 'id-reset', 'clock-skew'] as const)
      venue.faults.add({ kind, fromMs: START_MS + 1000, untilMs: START_MS + 3000 });
    await time.pass(5000);
    for (const listing of venue.listings) {
      const heard = read(events, listing);
      const trades = recorded(venue, listing).slice(-heard.length);
      const byTime = (a: { timeMs: number; id: number }, b: { timeMs: number; id: number }): number =>
        a.timeMs - b.timeMs || a.id - b.id;
      const inWords = (of: readonly object[]): string[] => of.map((each) => Object.values(each).join(' '));
      expect(inWords([...heard].sort(byTime))).toEqual(inWords([...trades].sort(byTime)));
    }
    const flooded = recorded(venue, venue.listings[1]!);
    expect(flooded.length).toBeGreaterThan(300);
    expect(flooded.some(({ id }) => id === 1)).toBe(true);
    expect(flooded.some(({ timeMs }) => timeMs > time.nowMs() + 100_000)).toBe(true);
  });

  it.each<[FaultKind, string]>([
    ['gap', 'leaves out'],
    ['duplicate', 'repeats'],
    ['malformed', 'spoils'],
    ['stall', 'holds back'],
  ])('by %s %s messages, and goes on as before when it is over', async (kind) => {
    const { venue, texts } = listen(exchange);
    await time.pass(1000);
    const perSecond = texts.length;
    venue.faults.add({ kind, fromMs: time.nowMs(), untilMs: time.nowMs() + 2000 });
    await time.pass(1950);
    const during = texts.splice(0).slice(perSecond);
    const valid = during.filter((text) => {
      try {
        return JSON.parse(text) !== null;
      } catch {
        return false;
      }
    });
    if (kind === 'stall') expect(during).toHaveLength(0);
    else if (kind === 'malformed') expect(valid.length).toBeLessThan(during.length);
    else if (kind === 'duplicate') expect(new Set(during).size).toBeLessThan(during.length);
    await time.pass(2000);
    const news = texts.filter((text) => text !== '{"channel":"heartbeat"}');
    expect(new Set(news).size).toBe(news.length);
    expect(news.length).toBeGreaterThan(0);
  });

  it('cuts its connections and takes none until the fault is over', async () => {
    const { venue, ends } = listen(exchange);
    venue.faults.add({ kind: 'disconnect', fromMs: START_MS + 500, untilMs: START_MS + 1500 });
    await time.pass(1000);
    expect([ends, venue.connections, listen(exchange).link]).toEqual([['cut'], 0, null]);
    await time.pass(1000);
    expect(listen(exchange).link).not.toBeNull();
  });

  it('refuses questions while it bans, and says for how long', async () => {
    const venue = venueAt(exchange);
    venue.faults.add({ kind: 'rest-ban', fromMs: START_MS, untilMs: START_MS + 4500 });
    expect(venue.answer('/anything')).toMatchObject({ status: 429, retryAfter: 5 });
    await time.pass(4500);
    expect(venue.answer('/anything')).toMatchObject({ status: 404, retryAfter: null });
  });

  it('crosses its books and spoils its checksums so that whoever keeps them notices', async () => {
    const { venue, events } = listen(exchange);
    const [listing] = venue.listings;
    await time.pass(500);
    const asked = SNAPSHOT[exchange];
    if (asked !== null) events.push(...ask(exchange, asked));
    venue.faults.add({ kind: 'crossed-book', fromMs: START_MS + 1000, untilMs: START_MS + 60_000 });
    await time.pass(1000);
    expect(keep(exchange, events, listing!).state).toBe('crossed');
    if (exchange !== 'kraken') return;
    venue.faults.add({ kind: 'bad-checksum', fromMs: time.nowMs(), untilMs: START_MS + 60_000 });
    await time.pass(1000);
    expect(keep(exchange, events, listing!).state).toBe('bad-checksum');
  });
});

describe('what is said of nothing', () => {
  it('is refused in the venue’s own words', () => {
    expect(ask('binance', 'https://x.test/api/v3/trades?symbol=NOTHING')).toMatchObject([
      { kind: 'refused' },
    ]);
    const ticker = 'https://x.test/api/v3/brokerage/market/products/NO-THING/ticker';
    expect(ask('coinbase', ticker)).toMatchObject([{ kind: 'refused' }]);
    expect(ask('kraken', 'https://x.test/0/public/Trades?pair=NO%2FTHING')).toMatchObject([
      { kind: 'refused' },
    ]);
    const { link, events } = listen('kraken');
    link.hear(JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol: ['NO/THING'] } }));
    expect(events.at(-1)).toMatchObject({ kind: 'refused' });
  });
});
