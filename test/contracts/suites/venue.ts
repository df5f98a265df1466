/** What every venue adapter promises, over a small capture of its own. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FollowedBooks, type CapturedBook } from '../../../shared/adapters/exchanges/followed-books.ts';
import { MessageTally } from '../../../shared/adapters/exchanges/message-tally.ts';
import type { Decoder, Venue, VenueEvent, VenueMessage } from '../../../shared/adapters/exchanges/venue.ts';
import { captureLine, receivedAtMs } from '../../../shared/contracts/capture.ts';
import { readToldTrade } from '../../../shared/contracts/lane-rows.ts';
import { formatDecimal } from '../../../shared/domain/decimal.ts';
import { topLevels } from '../../../shared/domain/market-data/book/order-book.ts';
import { exchangeOf, pairOf } from '../../../shared/domain/market-data/instrument.ts';

export interface VenueUnderTest {
  readonly venue: Venue;
  /** Lines of a capture with trades of two instruments, with answers to questions, and with what is not read. */
  readonly lines: readonly string[];
  /** Its trades in the order of the tape, as `shownTrade` shows them. */
  readonly trades: readonly string[];
  /** What is set aside of it, and how often. */
  readonly setAside: Readonly<Record<string, number>>;
  readonly sequenceGaps: number;
  /** What its books come to, as `shownBook` shows them; left out where the venue's books are not read. */
  readonly books?: readonly string[];
  /** Addresses of the venue at which another market is heard. */
  readonly otherMarkets: readonly string[];
}

interface Heard extends VenueMessage {
  readonly receivedAtNs: string;
  readonly atMs: number;
}

/** The longest event that a message may become, whatever stands in it: trades by the hundred share a record. */
const MAX_EVENT_CHARACTERS = 700;
/** Of a level, of which a book has thousands. */
const MAX_LEVEL_CHARACTERS = 170;

export function describeVenue({ venue, lines, ...expected }: VenueUnderTest): void {
  const heard = lines.map(readLine);
  const readAll = (decoder: Decoder, messages: readonly Heard[] = heard): (readonly VenueEvent[])[] =>
    messages.map((message) => decoder.read(message, message.atMs));
  const eventsOf = (message: VenueMessage): readonly VenueEvent[] =>
    venue.decoder().read(message, heard[0]!.atMs);

  describe(`${venue.exchange} keeps the promises of a venue`, () => {
    it('reads every message of its capture, or sets it aside by kind', () => {
      const tally = new MessageTally();
      for (const [n, events] of readAll(venue.decoder()).entries()) {
        expect(events.length).toBeGreaterThan(0);
        tally.add(events, n + 1);
      }
      expect(Object.fromEntries(tally.setAside.map(({ what, count }) => [what, count]))).toEqual(
        expected.setAside,
      );
      expect({ malformed: tally.malformed, sequenceGaps: tally.sequenceGaps }).toEqual({
        malformed: 0,
        sequenceGaps: expected.sequenceGaps,
      });
    });

    it('gives trades with exact decimals, an id, the taker’s side and a time, in the order of the tape', () => {
      expect(readAll(venue.decoder()).flat().flatMap(shownTrade)).toEqual(expected.trades);
    });

    it('tells the venue’s clock, never from a message that it does not read', () => {
      const clocks = readAll(venue.decoder()).map((events) => events.filter(({ kind }) => kind === 'clock'));
      expect(Math.max(...clocks.map(({ length }) => length))).toBe(1);
    });

    it('says what is malformed of a message that was cut off anywhere', () => {
      for (const message of heard) {
        for (let end = 0; end < message.message.length; end += 1 + Math.floor(end / 20)) {
          const cut = { ...message, message: message.message.slice(0, end) };
          expect(eventsOf(cut)).toEqual([{ kind: 'malformed', cause: 'not JSON' }]);
        }
      }
    });

    it('throws at no message, and carries no field of any length on', () => {
      const decoder = venue.decoder();
      fc.assert(
        fc.property(fc.constantFrom(...heard), fc.jsonValue(), fc.nat(), (message, value, place) => {
          const changed = { ...message, message: withValueAt(message.message, place, value) };
          const events = decoder.read(changed, message.atMs);
          expect(events.length).toBeGreaterThan(0);
          for (const event of events) {
            expectBounded(event);
            if (event.kind === 'trade') expect(exchangeOf(event.instrumentId)).toBe(venue.exchange);
          }
        }),
        { numRuns: 300 },
      );
      const long = 'x'.repeat(100_000);
      for (const message of heard) {
        const text = message.message.replaceAll(/"[^"]*"(?=\s*[,}\]])/g, `"${long}"`);
        for (const event of decoder.read({ ...message, message: text }, message.atMs)) expectBounded(event);
      }
    });

    it('keeps the books of its capture, each by the rules of the venue', () => {
      const books = new FollowedBooks(() => venue.books);
      const decoder = venue.decoder();
      for (const message of heard)
        books.take({ ...message, exchange: venue.exchange }, decoder.read(message, message.atMs));
      expect(books.all().map(shownBook)).toEqual(expected.books ?? []);
      expect(venue.books === null).toBe(expected.books === undefined);
    });

    it('takes nothing from another market of the same venue', () => {
      for (const url of expected.otherMarkets) {
        for (const message of heard)
          expect(eventsOf({ ...message, url })).toEqual([
            { kind: 'set-aside', what: 'another market', cause: expect.any(String) },
          ]);
      }
    });

    it('reads one connection as if there were no other', () => {
      const [one, other] = [venue.decoder(), venue.decoder()];
      const together = heard.map((message) => [
        one.read(message, message.atMs),
        other.read(message, message.atMs),
      ]);
      const alone = readAll(venue.decoder());
      expect(together).toEqual(alone.map((events) => [events, events]));
    });

    it('knows its instruments by what a user may type', () => {
      const instruments = new Set(
        readAll(venue.decoder())
          .flat()
          .flatMap((event) => (event.kind === 'trade' ? [event.instrumentId] : [])),
      );
      expect(instruments.size).toBeGreaterThan(1);
      for (const id of instruments) {
        expect(venue.readInstrument(id)).toBe(id);
        expect(venue.readInstrument(pairOf(id))).toBe(id);
        expect(venue.readInstrument(pairOf(id).toLowerCase())).toBe(id);
      }
      for (const none of ['', 'BTC', 'mtgox:BTC-USD', 'BTC-', 'BTC_USD', 'A-B-C'])
        expect(venue.readInstrument(none)).toBeNull();
    });

    if (venue.live !== null) describeLive(venue, venue.live);
  });
}

function describeLive({ exchange }: Venue, live: NonNullable<Venue['live']>): void {
  const instruments = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${exchange}:A${n}-USDT`);

  it('listens to each instrument over one connection, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
        const lines = live.connect(live.endpoints, instruments(count));
        expect(lines.flatMap(({ instrumentIds }) => instrumentIds)).toEqual(instruments(count));
        for (const { url, subscribe, keepAlive, sayNewest, instrumentIds } of lines) {
          expect(url.startsWith(live.endpoints.ws)).toBe(true);
          const said = sayNewest?.(instrumentIds.slice(0, 1)) ?? [];
          for (const message of [...subscribe, keepAlive?.message ?? '{}', ...said])
            expect(typeof JSON.parse(message)).toBe('object');
        }
      }),
    );
  });

  it('asks its questions where it is told to', () => {
    const [instrumentId] = instruments(1);
    const after = { tradeId: 41, timeMs: 1_767_225_600_123 };
    const requests = [
      live.time('http://stand-in'),
      live.latestTrade('http://stand-in', instrumentId!),
      ...(live.backfill === null
        ? []
        : [live.backfill.first('http://stand-in', instrumentId!, after, 1_767_225_700_000).request]),
    ];
    for (const { url, weight } of requests) {
      expect(url).toMatch(/^http:\/\/stand-in\//);
      expect(weight).toBeGreaterThan(0);
    }
  });
}

function readLine(text: string): Heard {
  const { kind, url, message, receivedAtNs } = captureLine.parse(JSON.parse(text));
  return { kind, url, message: message as string, receivedAtNs, atMs: receivedAtMs(receivedAtNs) };
}

function expectBounded(event: VenueEvent): void {
  if (event.kind !== 'book-snapshot' && event.kind !== 'book-delta') {
    expect(JSON.stringify(event).length).toBeLessThan(MAX_EVENT_CHARACTERS);
    return;
  }
  const { bids, asks, ...rest } = event;
  expect(JSON.stringify(rest).length).toBeLessThan(MAX_EVENT_CHARACTERS);
  for (const level of [...bids, ...asks])
    expect(JSON.stringify(level).length).toBeLessThan(MAX_LEVEL_CHARACTERS);
}

function shownBook({ instrumentId, state, counters, book }: CapturedBook): string {
  const { updates, applied } = counters;
  const side = (levels: readonly (readonly [string, string])[]): string =>
    levels.map(([price, quantity]) => `${quantity} at ${price}`).join(', ');
  const [bids, asks] = [topLevels(book.bids, Infinity), topLevels(book.asks, Infinity)];
  return `${instrumentId} ${state}, ${applied} of ${updates} updates: ${side(bids)} | ${side(asks)}`;
}

function shownTrade(event: VenueEvent): string[] {
  if (event.kind !== 'trade') return [];
  const trade = readToldTrade(event);
  if (typeof trade === 'string') return [trade];
  const { instrumentId, tradeId, takerSide, price, quantity, timeMs } = trade;
  return [
    `${instrumentId} ${tradeId} ${takerSide} ${formatDecimal(quantity)} at ${formatDecimal(price)}, ${timeMs}`,
  ];
}

/** The message with another value at one of the places where it has one. */
function withValueAt(text: string, place: number, value: unknown): string {
  const message: unknown = JSON.parse(text);
  const places: [parent: Record<string, unknown>, key: string][] = [];
  const visit = (parent: unknown): void => {
    if (typeof parent !== 'object' || parent === null) return;
    for (const [key, child] of Object.entries(parent)) {
      places.push([parent as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(message);
  if (places.length === 0) return JSON.stringify(value);
  const [parent, key] = places[place % places.length]!;
  parent[key] = value;
  return JSON.stringify(message);
}
