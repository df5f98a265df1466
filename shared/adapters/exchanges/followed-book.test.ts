import { describe, expect, it } from '@jest/globals';
import type { BookRules } from '../../domain/market-data/book/book-keeper.ts';
import type { ToldLevel } from '../../domain/market-data/book/order-book.ts';
import { flagsOf } from '../../domain/market-data/quality-flags.ts';
import type { CaptureEvent } from './capture-decoders.ts';
import { FollowedBooks } from './followed-books.ts';

const START_MS = 1_767_225_600_000;
const ID = 'binance:BTC-USDT';
const ASKED: BookRules = { snapshot: 'asked', checksum: null };
const TOLD: BookRules = { snapshot: 'told', checksum: null };

/** Says things over connections, and shows what is told of the book: `ms bid/ask flags`, times counted from the start. */
class Venue {
  readonly books: FollowedBooks;
  readonly told: string[] = [];
  /** Times of levels that were told. */
  readonly levels: number[] = [];
  /** Our clock, from the start. */
  nowMs = 0;

  constructor(rules: BookRules) {
    this.books = new FollowedBooks(() => rules);
  }

  say(connection: string, ...events: CaptureEvent[]): void {
    this.#take('ws', connection, events);
  }

  answer(connection: string, ...events: CaptureEvent[]): void {
    this.#take('rest', connection, events);
  }

  /** A line that the collector adds. */
  note(kind: 'end' | 'heartbeat', connection: string, event: CaptureEvent): void {
    this.#take(kind, connection, [event]);
  }

  #take(kind: string, connection: string, events: readonly CaptureEvent[]): void {
    const receivedAtNs = `${START_MS + this.nowMs}000000`;
    const origin = { exchange: 'binance', kind, url: 'wss://venue', connection, receivedAtNs } as const;
    for (const row of this.books.take(origin, events)) {
      if (row.kind === 'levels') {
        this.levels.push(row.levels.timeMs - START_MS);
        continue;
      }
      const { timeMs, bid, ask, quality } = row.quote;
      const flags = flagsOf(quality).join(',');
      this.told.push(`${timeMs - START_MS} ${bid?.[0] ?? ''}/${ask?.[0] ?? ''} ${flags}`.trim());
    }
  }
}

const sides = (bid: string, ask: string) => ({
  bids: [[bid, '1']] as ToldLevel[],
  asks: [[ask, '1']] as ToldLevel[],
});

function snapshot(updateId: number | null, bid: string, ask: string): CaptureEvent {
  return {
    kind: 'book-snapshot',
    instrumentId: ID,
    updateId,
    ...sides(bid, ask),
    checksum: null,
    depth: null,
  };
}

/** A new best bid. */
function update(first: number | null, ms: number | null, bid: string, last = first): CaptureEvent {
  return {
    kind: 'book-delta',
    instrumentId: ID,
    updateIds: first === null ? null : { first, last: last! },
    bids: [[bid, '1']],
    asks: [],
    checksum: null,
    depth: null,
    venueTimeMs: ms === null ? null : START_MS + ms,
  };
}

const clock = (ms: number): CaptureEvent => ({ kind: 'clock', venueTimeMs: START_MS + ms });
const END: CaptureEvent = { kind: 'connection-ended' };

describe('what is told of a book', () => {
  it('is its last state of each 100 ms, once the venue’s time has gone on, and nothing of a snapshot', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', clock(500));
    venue.say('a', update(null, 510, '2'));
    venue.say('a', update(null, 599, '3'));
    expect(venue.told).toEqual([]);
    venue.say('a', update(null, 600, '4'));
    expect(venue.told).toEqual(['599 3/9']);
    expect(venue.levels).toEqual([]);
    venue.say('a', clock(1000));
    expect(venue.told).toEqual(['599 3/9', '600 4/9']);
    expect(venue.levels).toEqual([600]);
  });

  it('comes with the collector’s heartbeat, where nobody trades and nothing changes', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', update(null, 510, '2'));
    venue.note('heartbeat', 'a', { kind: 'heartbeat', venueTimeMs: START_MS + 2000 });
    expect([venue.told, venue.levels]).toEqual([['510 2/9'], [510]]);
  });

  it('is in doubt, once, from the gap on until a snapshot, and what follows says that it is begun anew', () => {
    const venue = new Venue(ASKED);
    venue.answer('a', snapshot(5, '1', '9'));
    venue.say('a', clock(100), update(6, 100, '2'));
    venue.say('a', clock(300), update(7, 300, '3'));
    venue.say('a', clock(410), update(9, 410, '4'));
    venue.say('a', clock(700), update(10, 700, '5'));
    expect(venue.told).toEqual(['100 2/9', '300 3/9', '410 3/9 gap']);
    venue.answer('a', snapshot(10, '6', '9'));
    venue.say('a', clock(900), update(11, 900, '7'));
    venue.say('a', clock(1100));
    expect(venue.told.slice(3)).toEqual(['900 7/9 resync']);
    venue.say('a', clock(1200), update(12, 1200, '8'));
    venue.say('a', clock(1300));
    expect(venue.told.slice(4)).toEqual(['1200 8/9']);
  });

  it('takes up again where the update that was missing comes late', () => {
    const venue = new Venue(ASKED);
    venue.answer('a', snapshot(5, '1', '9'));
    venue.say('a', clock(100), update(6, 100, '2'));
    venue.say('a', clock(300), update(8, 300, '4'));
    venue.say('a', clock(310), update(7, 310, '3'));
    venue.say('a', clock(410), update(9, 410, '5'));
    venue.say('a', clock(500));
    expect(venue.told).toEqual(['100 2/9', '300 2/9 gap', '410 5/9 resync']);
  });

  it('says that it is crossed as long as it is, and no crossed book goes without', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', clock(100), update(null, 100, '10'));
    venue.say('a', clock(200), update(null, 200, '11'));
    const uncrossed = {
      ...update(null, 300, '11'),
      bids: [
        ['10', '0'],
        ['11', '0'],
      ] as ToldLevel[],
    };
    venue.say('a', clock(300), uncrossed);
    venue.say('a', clock(400));
    expect(venue.told).toEqual(['100 10/9 crossed-book', '200 11/9 crossed-book', '300 1/9']);
  });

  it('is not what was crossed within a span and whole at its end', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', clock(100), update(null, 100, '10'));
    const uncrossed = { ...update(null, 150, '1'), bids: [['10', '0']] as ToldLevel[] };
    venue.say('a', clock(150), uncrossed);
    venue.say('a', clock(200));
    expect(venue.told).toEqual(['150 1/9']);
  });

  it('is stale when its connection is over, and another connection goes on after ten minutes', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', clock(100), update(null, 100, '2'));
    venue.say('a', clock(260));
    venue.note('end', 'a', END);
    venue.note('end', 'a', END);
    expect(venue.told).toEqual(['100 2/9', '260 2/9 stale-book']);
    venue.nowMs = 600_000;
    venue.say('b', snapshot(null, '3', '9'));
    venue.say('b', clock(600_100), update(null, 600_100, '4'));
    venue.say('b', clock(600_300));
    expect(venue.told.slice(2)).toEqual(['600100 4/9 resync']);
  });

  it('says nothing of a book that never was whole, however its connection ends', () => {
    const venue = new Venue(ASKED);
    venue.say('a', clock(100), update(6, 100, '2'));
    venue.answer('a', snapshot(3, '1', '9'));
    venue.say('a', clock(400), update(7, 400, '3'));
    venue.note('end', 'a', END);
    expect(venue.told).toEqual([]);
  });

  it('is that of one connection, while two tell of it, and goes over to the other without a doubt where that is whole', () => {
    const venue = new Venue(TOLD);
    for (const connection of ['a', 'b']) venue.say(connection, snapshot(null, '1', '9'));
    for (const ms of [100, 200, 300])
      for (const connection of ['a', 'b']) venue.say(connection, update(null, ms, `${ms}`.slice(0, 1)));
    expect(venue.told).toEqual(['100 1/9', '200 2/9']);
    venue.say('a', { kind: 'sequence-gap', expected: 1, got: 3 });
    venue.say('b', update(null, 400, '4'));
    venue.say('b', update(null, 500, '5'));
    venue.say('b', update(null, 600, '6'));
    expect(venue.told.slice(2)).toEqual(['300 3/9 gap', '500 5/9 resync']);
  });

  it('goes over to the connection that is heard where a recording does not say that the other is over', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', update(null, 100, '2'));
    venue.nowMs = 61_000;
    venue.say('b', snapshot(null, '3', '9'));
    venue.say('b', update(null, 61_000, '4'));
    venue.say('b', update(null, 61_200, '5'));
    expect(venue.told).toEqual(['100 2/9', '61000 4/9 resync']);
  });

  it('is not stamped by a time that nobody believes', () => {
    const venue = new Venue(TOLD);
    venue.say('a', snapshot(null, '1', '9'));
    venue.say('a', update(null, 100, '2'));
    venue.say('a', update(null, 7_200_000, '3'));
    venue.say('a', update(null, null, '4'));
    venue.say('a', update(null, 200, '5'));
    expect(venue.told).toEqual(['100 4/9']);
  });

  it('comes once though its messages come twice', () => {
    const venue = new Venue(ASKED);
    venue.answer('a', snapshot(5, '1', '9'));
    for (const [id, ms] of [
      [6, 100],
      [7, 200],
      [8, 300],
    ] as const)
      for (let n = 0; n < 2; n++) venue.say('a', clock(ms), update(id, ms, String(id)));
    venue.say('a', clock(400));
    expect(venue.told).toEqual(['100 6/9', '200 7/9', '300 8/9']);
  });

  it('waits for another snapshot where the first is older than the updates that came before it', () => {
    const venue = new Venue(ASKED);
    venue.say('a', clock(100), update(8, 100, '2'));
    venue.answer('a', snapshot(5, '1', '9'));
    expect(venue.books.stateOver({ exchange: 'binance', kind: 'ws', url: '', connection: 'a' }, ID)).toBe(
      'syncing',
    );
    venue.answer('a', snapshot(8, '3', '9'));
    venue.say('a', clock(300), update(9, 300, '4'));
    venue.say('a', clock(400));
    expect(venue.told).toEqual(['300 4/9']);
  });

  it('forgets connections that somebody makes up', () => {
    const venue = new Venue(TOLD);
    for (let n = 0; n < 1500; n++) venue.say(`c${n}`, snapshot(null, '1', '9'));
    expect(venue.books.all()).toMatchObject([{ connections: 1500, state: 'whole' }]);
  });
});
