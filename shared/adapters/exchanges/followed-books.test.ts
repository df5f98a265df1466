import { describe, expect, it } from '@jest/globals';
import type { BookRules } from '../../domain/market-data/book/book-keeper.ts';
import { topLevels, type ToldLevel } from '../../domain/market-data/book/order-book.ts';
import { FollowedBooks } from './followed-books.ts';
import type { VenueEvent } from './venue.ts';

const ASKED: BookRules = { snapshot: 'asked', checksum: null };
const TOLD: BookRules = { snapshot: 'told', checksum: null };
const ID = 'binance:BTC-USDT';

interface Place {
  readonly kind?: string;
  readonly url?: string;
  readonly connection?: string;
  readonly second?: number;
}

class Recorder {
  readonly books: FollowedBooks;

  constructor(rules: BookRules | null) {
    this.books = new FollowedBooks(() => rules);
  }

  take(
    { kind = 'ws', url = 'wss://venue/ws', connection, second = 0 }: Place,
    ...events: VenueEvent[]
  ): void {
    const of = connection === undefined ? {} : { connection };
    this.books.take(
      { exchange: 'binance', kind, url, receivedAtNs: `${1_767_225_600 + second}000000000`, ...of },
      events,
    );
  }

  get shown() {
    return this.books.all().map(({ instrumentId, state, connections, counters, book }) => {
      const bids = topLevels(book.bids, 99).map(([price, quantity]) => `${quantity}@${price}`);
      return [instrumentId, state, connections, counters.applied, bids.join(' ')];
    });
  }
}

function snapshot(updateId: number | null, bids: readonly ToldLevel[], instrumentId = ID): VenueEvent {
  return { kind: 'book-snapshot', instrumentId, updateId, bids, asks: [], checksum: null, depth: null };
}

function update(first: number, last: number, bids: readonly ToldLevel[], instrumentId = ID): VenueEvent {
  const rest = { asks: [], checksum: null, depth: null, venueTimeMs: null };
  return { kind: 'book-delta', instrumentId, updateIds: { first, last }, bids, ...rest };
}

const rest: Place = { kind: 'rest', url: 'https://venue/depth?symbol=BTCUSDT' };

describe('the books of which messages tell', () => {
  it.each(['before', 'after'])(
    'are not whole where nothing that followed the answer could be read, which came %s it',
    (place) => {
      const recorder = new Recorder(ASKED);
      const unreadable: VenueEvent = { kind: 'book-gap', instrumentId: ID, cause: 'no level' };
      if (place === 'before') recorder.take({}, unreadable);
      recorder.take(rest, snapshot(5, [['2', '2']]));
      recorder.take({}, unreadable);
      expect(recorder.shown).toEqual([[ID, 'gap', 1, 0, '2@2']]);
    },
  );

  it('are completed by the answer to a question, which came over no connection', () => {
    const recorder = new Recorder(ASKED);
    recorder.take({}, update(5, 6, [['1', '1']]));
    recorder.take(rest, snapshot(5, [['2', '2']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 1, 1, '2@2 1@1']]);
  });

  it('begin with an answer from before the first update, if it reaches that, and else wait for another', () => {
    const recorder = new Recorder(ASKED);
    recorder.take(rest, snapshot(5, [['2', '2']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 1, 0, '2@2']]);
    recorder.take({ connection: 'a' }, update(6, 6, [['1', '1']]));
    recorder.take({ connection: 'b' }, update(7, 7, [['1', '3']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 2, 1, '2@2 1@1']]);
    recorder.take(rest, snapshot(6, [['4', '4']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 2, 2, '4@4 3@1']]);
    expect(recorder.books.all()[0]!.counters.gaps).toBe(0);
  });

  it('are one for each connection of an instrument, and the whole one is shown', () => {
    const recorder = new Recorder(ASKED);
    recorder.take({ connection: 'a' }, update(5, 5, [['1', '1']]));
    recorder.take({ connection: 'b' }, update(5, 6, [['1', '2']]));
    recorder.take(rest, snapshot(4, []));
    recorder.take({ connection: 'a' }, update(8, 8, [['1', '9']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 2, 2, '2@1']]);
    recorder.take({ connection: 'b' }, update(9, 9, [['1', '9']]));
    expect(recorder.shown).toMatchObject([[ID, 'gap', 2, 2, '2@1']]);
  });

  it('of one connection alone are completed by an answer that was asked for it', () => {
    const recorder = new Recorder(ASKED);
    recorder.take({ connection: 'a' }, update(5, 5, [['1', '1']]));
    recorder.take({ connection: 'b' }, update(5, 5, [['1', '2']]));
    recorder.take({ ...rest, connection: 'a' }, snapshot(4, []));
    expect(recorder.shown).toEqual([[ID, 'whole', 2, 1, '1@1']]);
  });

  it('are told apart by their address where the capture names no connection', () => {
    const recorder = new Recorder(TOLD);
    for (const url of ['wss://venue/a', 'wss://venue/b'])
      recorder.take({ url }, snapshot(null, [['1', '1']]));
    recorder.take({ url: 'wss://venue/a' }, { kind: 'sequence-gap', expected: 3, got: 5 });
    recorder.take({ url: 'wss://venue/b', second: 1 }, update(0, 0, [['2', '2']]));
    expect(recorder.shown).toEqual([[ID, 'whole', 2, 1, '2@2 1@1']]);
  });

  it('all miss something when a message of their connection is missing, and one when one was not read', () => {
    const others = ['binance:A-USDT', 'binance:B-USDT'];
    const recorder = new Recorder(TOLD);
    for (const id of others) recorder.take({ connection: 'a' }, snapshot(null, [], id));
    recorder.take({ connection: 'b' }, snapshot(null, [], ID));
    const states = (): unknown[] => recorder.books.all().map(({ state, cause }) => [state, cause]);
    recorder.take({ connection: 'a' }, { kind: 'book-gap', instrumentId: others[1]!, cause: 'unread' });
    expect(states()).toEqual([
      ['whole', null],
      ['gap', 'unread'],
      ['whole', null],
    ]);
    recorder.take({ connection: 'a' }, { kind: 'sequence-gap', expected: 3, got: 5 });
    const missing = 'message 3 should have come, and 5 did';
    expect(states()).toEqual([
      ['gap', missing],
      ['gap', 'unread'],
      ['whole', null],
    ]);
    recorder.take({ connection: 'b' }, { kind: 'book-gap', instrumentId: null, cause: 'anew' });
    expect(states()[2]).toEqual(['gap', 'anew']);
  });

  it('are stale when their connection was silent for a minute, not when they were quiet on a live one', () => {
    const recorder = new Recorder(TOLD);
    recorder.take({ connection: 'a' }, snapshot(null, [], 'binance:A-USDT'));
    recorder.take({ connection: 'b' }, snapshot(null, [], 'binance:B-USDT'));
    // The answer to a question tells nothing of the connection that it is about.
    recorder.take({ ...rest, connection: 'b', second: 60 }, { kind: 'notice', what: 'no trades' });
    recorder.take({ connection: 'a', second: 61 }, { kind: 'notice', what: 'heartbeat' });
    expect(recorder.books.all().map(({ state, cause }) => [state, cause])).toEqual([
      ['whole', null],
      ['stale', 'nothing was heard for 60 s'],
    ]);
  });

  it('are compared with the best prices that were told over their connection', () => {
    const quote = { kind: 'quote', instrumentId: ID, updateId: 5 } as const;
    const prices = { bid: '1', bidQuantity: '1', ask: '0', askQuantity: '0' };
    const recorder = new Recorder(ASKED);
    recorder.take({}, { ...quote, ...prices });
    expect(recorder.shown).toEqual([]);
    recorder.take({}, update(5, 5, [['1', '1']]));
    recorder.take(rest, snapshot(4, []));
    recorder.take({}, { ...quote, ...prices });
    expect(recorder.books.all()[0]!.counters.quotesOk).toBe(1);
  });

  it('are none of a venue whose books are not read', () => {
    const recorder = new Recorder(null);
    recorder.take({}, snapshot(null, []));
    expect(recorder.shown).toEqual([]);
  });

  it('are bounded', () => {
    const recorder = new Recorder(TOLD);
    const take = (n: number): void => recorder.take({}, snapshot(null, [], `binance:A${n}-USDT`));
    for (let n = 0; n <= 10_000; n++) take(n);
    expect([recorder.books.all().length, recorder.books.refused]).toEqual([10_000, 1]);
  });
});
