import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayLack, MAX_MISSING_RANGES, nothingSeen, observeTrade } from './seen-trades.ts';

/** The venue's clock goes on by a second with each id. */
const secondOf = (id: number): number => id * 1000;

describe('seen trades', () => {
  it('tell new ones from those that came before, whatever the order, where ids go with the time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 }), (ids) => {
        const seen = nothingSeen();
        const known = new Set<number>();
        const first = ids[0]!;
        for (const id of ids) {
          const isNew = !known.has(id) && id >= first;
          expect(observeTrade(seen, id, secondOf(id)) !== 'undecided').toBe(isNew);
          if (isNew) known.add(id);
        }
        const missing = Array.from({ length: seen.lastId - first + 1 }, (_, i) => first + i).filter(
          (id) => !known.has(id),
        );
        for (const id of missing) expect(mayLack(seen, id, id)).toBe(true);
        for (const id of known) expect(mayLack(seen, id, id)).toBe(false);
      }),
    );
  });

  it('say whether a trade follows, leaves a gap, fills one, or cannot be told from a known one', () => {
    const seen = nothingSeen();
    expect([5, 6, 9, 8, 8, 7, 4].map((id) => observeTrade(seen, id, secondOf(id)))).toEqual([
      'next',
      'next',
      'after-gap',
      'late',
      'undecided',
      'late',
      'undecided',
    ]);
    expect(seen).toEqual({ lastId: 9, missing: [], newestMs: 9_000 });
  });

  it('begin anew where an id falls while time goes on, and go on from there', () => {
    const seen = nothingSeen();
    const told = [
      [900, 1_000],
      [902, 2_000],
      [0, 3_000],
      [2, 4_000],
      [1, 3_500],
      [3, 5_000],
    ] as const;
    expect(told.map(([id, timeMs]) => observeTrade(seen, id, timeMs))).toEqual([
      'next',
      'after-gap',
      'reset',
      'after-gap',
      'late',
      'next',
    ]);
    expect(seen).toMatchObject({ lastId: 3, missing: [], sinceMs: 3_000 });
    // What went before the first id is not known, what follows it is.
    expect([mayLack(seen, -1, 1), mayLack(seen, 1, 3)]).toEqual([true, false]);
  });

  it('do not take a trade from before the ids began anew for one of now, nor a repeated one for a reset', () => {
    const seen = nothingSeen();
    for (const [id, timeMs] of [
      [900, 1_000],
      [901, 2_000],
      [0, 3_000],
      [5, 4_000],
    ] as const)
      observeTrade(seen, id, timeMs);
    const after = structuredClone(seen);
    for (const [id, timeMs] of [
      [902, 2_500],
      [900, 1_000],
      [3, 1_500],
      [0, 3_000],
      [5, 4_000],
    ] as const)
      expect(observeTrade(seen, id, timeMs)).toBe('undecided');
    expect(seen).toEqual(after);
  });

  it('leave a day of history alone, though its ids are greater', () => {
    const seen = nothingSeen();
    observeTrade(seen, 7, 86_400_000);
    expect(observeTrade(seen, 900_000, 1_000)).toBe('undecided');
    // Venues are not in order to the millisecond.
    expect(observeTrade(seen, 8, 86_399_000)).toBe('next');
    expect(seen).toEqual({ lastId: 8, missing: [], newestMs: 86_400_000 });
  });

  it('see no reset where nobody kept when the newest trade was', () => {
    const seen = { lastId: 9, missing: [] };
    expect(observeTrade(seen, 3, 5_000)).toBe('undecided');
  });

  it('stay bounded', () => {
    const seen = nothingSeen();
    for (let id = 0; id <= 4 * MAX_MISSING_RANGES; id += 2) observeTrade(seen, id, id);
    expect(seen.missing).toHaveLength(MAX_MISSING_RANGES);
    expect(observeTrade(seen, 1, 1)).toBe('undecided');
  });

  it('stay bounded when late trades cut a gap to pieces', () => {
    const seen = nothingSeen();
    const end = 4 * MAX_MISSING_RANGES;
    for (const id of [0, end]) observeTrade(seen, id, id);
    for (let id = 2; id < end; id += 2) observeTrade(seen, id, id);
    expect(seen.missing).toHaveLength(MAX_MISSING_RANGES);
  });
});
