import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BookKeeper, type BookDelta, type BookRules, type BookSnapshot } from './book-keeper.ts';
import { topLevels, type OrderBook, type ToldLevel } from './order-book.ts';

const ASKED: BookRules = { snapshot: 'asked', checksum: null };
const TOLD: BookRules = { snapshot: 'told', checksum: null };
/** Not a venue's rule, but any that tells books apart will do. */
const levelCount = ({ bids, asks }: OrderBook): number => bids.levels.length + asks.levels.length;
const CHECKED: BookRules = { snapshot: 'told', checksum: levelCount };

function snapshot(updateId: number | null, bids: readonly ToldLevel[], more: Partial<BookSnapshot> = {}) {
  return { updateId, bids, asks: [], checksum: null, depth: null, ...more };
}

function update(
  first: number,
  last: number,
  bids: readonly ToldLevel[] = [],
  asks: readonly ToldLevel[] = [],
): BookDelta {
  return { updateIds: { first, last }, bids, asks, checksum: null, depth: null };
}

function told(bids: readonly ToldLevel[], more: Partial<BookDelta> = {}): BookDelta {
  return { updateIds: null, bids, asks: [], checksum: null, depth: null, ...more };
}

function bidsOf({ book }: BookKeeper): string {
  return topLevels(book.bids, 99)
    .map(([price, quantity]) => `${quantity}@${price}`)
    .join(' ');
}

describe('a book whose snapshot is asked for', () => {
  it('lets updates wait for it, drops those that are in it, and begins with the one that straddles it', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.delta(update(1, 4, [['1', '1']]));
    keeper.delta(update(5, 8, [['2', '2']]));
    keeper.delta(update(9, 9, [['3', '3']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['syncing', '']);
    keeper.snapshot(snapshot(6, [['7', '7']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '7@7 3@3 2@2']);
    expect(keeper.counters).toMatchObject({ updates: 3, applied: 2, gaps: 0, resyncs: 0 });
  });

  it('passes over a snapshot that is older than what waits, and takes one that reaches it', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.delta(update(5, 8, [['2', '2']]));
    keeper.snapshot(snapshot(3, [['7', '7']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['syncing', '']);
    keeper.snapshot(snapshot(4, [['7', '7']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '7@7 2@2']);
  });

  it('that began in brief takes a deeper one, with what has changed since, and was never begun anew', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['7', '7']], { isBrief: true }));
    keeper.delta(update(5, 5, [['8', '8']]));
    keeper.delta(update(6, 7, [['9', '9']]));
    expect(keeper.isBrief).toBe(true);
    const deep: ToldLevel[] = [
      ['8', '8'],
      ['7', '7'],
      ['6', '6'],
    ];
    keeper.snapshot(snapshot(3, deep));
    expect([keeper.isBrief, bidsOf(keeper)]).toEqual([true, '9@9 8@8 7@7']);
    keeper.snapshot(snapshot(5, deep));
    expect([keeper.isBrief, keeper.state, bidsOf(keeper)]).toEqual([false, 'whole', '9@9 8@8 7@7 6@6']);
    keeper.delta(update(8, 8, [['9', '0']]));
    expect(bidsOf(keeper)).toBe('8@8 7@7 6@6');
    expect(keeper.counters).toMatchObject({ updates: 3, applied: 3, gaps: 0, resyncs: 0 });
    keeper.snapshot(snapshot(9, [['1', '1']]));
    expect(bidsOf(keeper)).toBe('8@8 7@7 6@6');
  });

  it('that began in brief long ago takes a deeper one which is newer than what it remembers', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(0, [['7', '7']], { isBrief: true }));
    for (let id = 1; id <= 1000; id++) keeper.delta(update(id, id, [['8', String(id)]]));
    keeper.snapshot(snapshot(399, [['1', '1']]));
    expect(bidsOf(keeper)).toBe('1000@8 7@7');
    keeper.snapshot(snapshot(400, [['1', '1']]));
    expect(bidsOf(keeper)).toBe('1000@8 1@1');
  });

  it('is whole by its snapshot alone while nothing changes', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['7', '7']]));
    expect(keeper.state).toBe('whole');
    keeper.delta(update(3, 4, [['1', '1']]));
    keeper.delta(update(4, 5, [['2', '2']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '7@7 2@2']);
  });

  it('follows updates that follow one another, and passes over doubled and older ones', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, []));
    keeper.delta(update(5, 6, [['1', '1']]));
    keeper.delta(update(7, 7, [['1', '2']]));
    keeper.delta(update(5, 6, [['1', '1']]));
    keeper.delta(update(7, 7, [['1', '2']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '2@1']);
    expect(keeper.counters).toMatchObject({ updates: 4, applied: 2, gaps: 0 });
  });

  it('changes no more after a gap, until a snapshot reaches what came since', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['1', '1']]));
    keeper.delta(update(6, 7, [['2', '2']]));
    keeper.delta(update(8, 9, [['3', '3']]));
    expect([keeper.state, keeper.cause, bidsOf(keeper)]).toEqual([
      'gap',
      'updates 5 to 5 are missing',
      '1@1',
    ]);
    keeper.snapshot(snapshot(3, [['9', '9']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['gap', '1@1']);
    keeper.snapshot(
      snapshot(7, [
        ['1', '1'],
        ['2', '2'],
      ]),
    );
    expect([keeper.state, keeper.cause, bidsOf(keeper)]).toEqual(['whole', null, '3@3 2@2 1@1']);
    expect(keeper.counters).toMatchObject({ updates: 2, applied: 1, gaps: 1, resyncs: 1 });
  });

  it('is whole again when the missing update comes late, and not by an older one', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, []));
    keeper.delta(update(7, 7, [['3', '3']]));
    keeper.delta(update(6, 6, [['2', '2']]));
    keeper.delta(update(3, 4, [['9', '9']]));
    expect(keeper.state).toBe('gap');
    keeper.delta(
      update(5, 5, [
        ['1', '1'],
        ['3', '1'],
      ]),
    );
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '3@3 2@2 1@1']);
    expect(keeper.counters).toMatchObject({ updates: 4, applied: 3, gaps: 1, resyncs: 0 });
  });

  it('finds the second of two gaps among what waited', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.delta(update(5, 5, [['1', '1']]));
    keeper.delta(update(7, 7, [['2', '2']]));
    keeper.delta(update(8, 8, [['3', '3']]));
    keeper.snapshot(snapshot(4, []));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['gap', '1@1']);
    keeper.delta(update(6, 6, [['9', '9']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '9@9 3@3 2@2 1@1']);
  });

  it('passes over a snapshot in mid-stream, which knows less of a whole book', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['1', '1']]));
    keeper.delta(update(5, 5, [['2', '2']]));
    keeper.snapshot(snapshot(5, [['2', '2']]));
    expect([keeper.state, bidsOf(keeper), keeper.counters.resyncs]).toEqual(['whole', '2@2 1@1', 0]);
  });

  it('takes a snapshot while it is crossed, but none that is older', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['1', '1']]));
    keeper.delta(update(5, 5, [], [['1', '2']]));
    keeper.snapshot(snapshot(4, [['1', '1']]));
    expect([keeper.state, keeper.counters.resyncs]).toEqual(['crossed', 0]);
    keeper.snapshot(snapshot(5, [['1', '1']]));
    expect([keeper.state, keeper.counters.resyncs]).toEqual(['whole', 1]);
  });

  it('is not whole after an update without numbers, or with a level that is none, until a snapshot', () => {
    for (const bad of [told([]), update(6, 5), update(5, 5, [['x', '1']])]) {
      const keeper = new BookKeeper(ASKED);
      keeper.snapshot(snapshot(4, [['1', '1']]));
      keeper.delta(bad);
      keeper.delta(update(5, 6, [['2', '2']]));
      expect([keeper.state, keeper.counters.applied]).toEqual(['gap', 0]);
      keeper.snapshot(snapshot(5, [['1', '1']]));
      expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '2@2 1@1']);
    }
  });

  it('is no book with a snapshot that has no number, or a level that is none', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(null, [['1', '1']]));
    expect(keeper.state).toBe('syncing');
    keeper.snapshot(snapshot(4, [['1', 'x']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['gap', '']);
  });

  it('remembers no more waiting updates than are bounded', () => {
    const keeper = new BookKeeper(ASKED);
    for (let n = 1; n <= 5001; n++) keeper.delta(update(n, n, [['1', `${n}`]]));
    keeper.snapshot(snapshot(0, []));
    expect(keeper.state).toBe('syncing');
    keeper.snapshot(snapshot(1, []));
    expect([keeper.state, bidsOf(keeper), keeper.counters.applied]).toEqual(['whole', '5001@1', 5000]);
  });

  it('comes to the venue’s book, or says that it did not, whatever is lost, doubled or late', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 12 }), fc.nat({ max: 40 }), (ids, at, when) => {
        // Update n sets level n to n, and takes level n − 3 away.
        const levelsOf = (n: number): readonly ToldLevel[] => [
          [`${n}`, `${n}`],
          ...(n > 3 ? [[`${n - 3}`, '0'] as const] : []),
        ];
        const bookAt = (n: number): string =>
          Array.from({ length: Math.min(3, n) }, (_, i) => `${n - i}@${n - i}`).join(' ');
        const keeper = new BookKeeper(ASKED);
        for (const [n, [first, length]] of ids.entries()) {
          if (n === when % ids.length)
            keeper.snapshot(
              snapshot(
                at,
                Array.from({ length: at }, (_, i) => levelsOf(i + 1))
                  .flat()
                  .filter(([price, quantity]) => quantity !== '0' && Number(price) > at - 3),
              ),
            );
          const covered = Array.from({ length: length + 1 }, (_, i) => levelsOf(first + i)).flat();
          keeper.delta(update(first, first + length, covered));
          if (keeper.state !== 'whole') continue;
          const reached = Number(/@(\d+)/.exec(bidsOf(keeper))?.[1] ?? 0);
          expect(bidsOf(keeper)).toBe(bookAt(reached));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a book that is told with its snapshot', () => {
  it('begins with the snapshot: what came before is in it', () => {
    const keeper = new BookKeeper(TOLD);
    keeper.delta(told([['1', '1']]));
    expect(keeper.state).toBe('syncing');
    keeper.snapshot(snapshot(null, [['2', '2']]));
    keeper.delta(
      told([
        ['3', '3'],
        ['9', '0'],
      ]),
    );
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '3@3 2@2']);
    expect(keeper.counters).toMatchObject({ updates: 2, applied: 1, gaps: 0, resyncs: 0 });
  });

  it('changes no more once something is missing, until the next snapshot', () => {
    const keeper = new BookKeeper(TOLD);
    keeper.lose('nothing to lose yet');
    expect([keeper.state, keeper.counters.gaps]).toEqual(['syncing', 0]);
    keeper.snapshot(snapshot(null, [['2', '2']]));
    keeper.lose('messages 7 to 8 are missing');
    keeper.lose('messages 10 to 11 are missing');
    keeper.delta(told([['3', '3']]));
    expect([keeper.state, keeper.cause, bidsOf(keeper)]).toEqual([
      'gap',
      'messages 7 to 8 are missing',
      '2@2',
    ]);
    keeper.snapshot(snapshot(null, [['4', '4']]));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '4@4']);
    expect(keeper.counters).toMatchObject({ updates: 1, applied: 0, gaps: 1, resyncs: 1 });
  });

  it('is checked by its checksum after it was cut to its depth, and then changes no more when it differs', () => {
    const keeper = new BookKeeper(CHECKED);
    keeper.snapshot(
      snapshot(
        null,
        [
          ['1', '1'],
          ['2', '1'],
        ],
        { checksum: 2, depth: 2 },
      ),
    );
    keeper.delta(told([['3', '1']], { checksum: 2, depth: 2 }));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['whole', '1@3 1@2']);
    keeper.delta(told([['3', '0']], { checksum: 2, depth: 2 }));
    expect([keeper.state, keeper.cause]).toEqual(['bad-checksum', "its checksum is 1, the venue's 2"]);
    keeper.delta(told([['1', '1']], { checksum: 2, depth: 2 }));
    expect([keeper.state, bidsOf(keeper)]).toEqual(['bad-checksum', '1@2']);
    keeper.snapshot(snapshot(null, [['5', '1']], { checksum: 1, depth: 2 }));
    expect(keeper.state).toBe('whole');
    keeper.snapshot(snapshot(null, [['5', '1']], { checksum: 2, depth: 2 }));
    expect(keeper.state).toBe('bad-checksum');
    expect(keeper.counters).toMatchObject({
      updates: 3,
      applied: 2,
      checksumsOk: 1,
      checksumsBad: 2,
      resyncs: 2,
    });
  });

  it('is crossed for as long as it is, and goes on', () => {
    const keeper = new BookKeeper(TOLD);
    keeper.snapshot(snapshot(null, [['2', '2']]));
    keeper.delta(told([], { asks: [['2', '1']] }));
    expect(keeper.state).toBe('crossed');
    keeper.delta(told([['2', '0']]));
    expect([keeper.state, keeper.counters.applied]).toEqual(['whole', 2]);
  });
});

describe('best prices that a venue tells beside a book', () => {
  const quote = { updateId: 5, bid: '1.00', bidQuantity: '1', ask: '0.00000000', askQuantity: '0.00000000' };

  it('are compared with the book of the same update, and one that differs is not whole', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.quote(quote);
    keeper.quote({ ...quote, updateId: 6, bid: '2.00' });
    keeper.snapshot(snapshot(4, [['1', '1']]));
    expect([keeper.counters.quotesOk, keeper.counters.quotesBad]).toEqual([0, 0]);
    keeper.delta(update(5, 5));
    expect([keeper.counters.quotesOk, keeper.counters.quotesBad]).toEqual([1, 0]);
    keeper.delta(update(6, 7));
    for (let n = 0; n < 3; n++) keeper.quote({ ...quote, updateId: 7 });
    expect([keeper.state, keeper.counters.quotesOk, keeper.counters.quotesBad]).toEqual(['whole', 4, 0]);
    for (const other of [{ bid: '2' }, { bidQuantity: '2' }, { ask: '2' }, { askQuantity: '2' }]) {
      const alike = new BookKeeper(ASKED);
      alike.snapshot(snapshot(4, [['1', '1']]));
      alike.delta(update(5, 5));
      alike.quote({ ...quote, ...other });
      expect([alike.state, alike.counters.quotesBad]).toEqual(['gap', 1]);
    }
  });

  it('are remembered in a bounded number', () => {
    const keeper = new BookKeeper(ASKED);
    keeper.snapshot(snapshot(4, [['1', '1']]));
    for (let n = 0; n < 300; n++) keeper.quote({ ...quote, updateId: 5 + n });
    keeper.delta(update(5, 5));
    expect(keeper.counters.quotesOk).toBe(0);
    keeper.delta(update(6, 304));
    expect(keeper.counters.quotesOk).toBe(1);
  });
});
