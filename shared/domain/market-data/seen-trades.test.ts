import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayLack, MAX_MISSING_RANGES, nothingSeen, observeTrade } from './seen-trades.ts';

describe('seen trade ids', () => {
  it('tell new from repeated as a set would, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 200 }), (ids) => {
        const seen = nothingSeen();
        const known = new Set<number>();
        const first = ids[0]!;
        for (const id of ids) {
          // What lies before the first trade ever seen is history, not a gap.
          const isNew = !known.has(id) && id >= first;
          expect(observeTrade(seen, id) !== 'repeated').toBe(isNew);
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

  it('say whether a trade follows, leaves a gap, or fills one', () => {
    const seen = nothingSeen();
    expect([5, 6, 9, 8, 8, 7].map((id) => observeTrade(seen, id))).toEqual([
      'next',
      'next',
      'after-gap',
      'late',
      'repeated',
      'late',
    ]);
    expect(seen).toEqual({ lastId: 9, missing: [] });
  });

  it('stay bounded', () => {
    const seen = nothingSeen();
    for (let id = 0; id <= 4 * MAX_MISSING_RANGES; id += 2) observeTrade(seen, id);
    expect(seen.missing).toHaveLength(MAX_MISSING_RANGES);
    expect(observeTrade(seen, 1)).toBe('repeated');
  });

  it('stay bounded when late trades cut a gap to pieces', () => {
    const seen = nothingSeen();
    const end = 4 * MAX_MISSING_RANGES;
    for (const id of [0, end]) observeTrade(seen, id);
    for (let id = 2; id < end; id += 2) observeTrade(seen, id);
    expect(seen.missing).toHaveLength(MAX_MISSING_RANGES);
  });
});
