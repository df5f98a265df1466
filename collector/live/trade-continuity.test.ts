import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TradeContinuity } from './trade-continuity.ts';

describe('the row of trades', () => {
  it('takes whatever comes first as its beginning', () => {
    const row = new TradeContinuity<string>(null);
    expect(row.admit(41, 'a')).toBe('next');
    expect(row.lastId).toBe(41);
  });

  it('knows a trade that comes again', () => {
    const row = new TradeContinuity<string>(41);
    expect(row.admit(41, 'a')).toBe('repeated');
    expect(row.admit(12, 'b')).toBe('repeated');
  });

  it('holds what comes behind a gap', () => {
    const row = new TradeContinuity<string>(41);
    expect(row.admit(44, 'd')).toBe('gap');
    expect(row.admit(45, 'e')).toBe('held');
    expect(row.drain()).toEqual({ released: [], gap: { fromId: 42, toId: 43 } });
    expect(row.heldCount).toBe(2);
  });

  it('lets go when the gap is filled', () => {
    const row = new TradeContinuity<string>(41);
    row.admit(44, 'd');
    expect([42, 43].map((id) => row.fill(id))).toEqual([true, true]);
    expect(row.drain()).toEqual({ released: ['d'], gap: null });
    expect(row.isCatchingUp).toBe(false);
  });

  it('lets go when the gap is passed over', () => {
    const row = new TradeContinuity<string>(41);
    row.admit(44, 'd');
    row.passOver({ fromId: 42, toId: 43 });
    expect(row.drain()).toEqual({ released: ['d'], gap: null });
  });

  it('holds everything from the moment on that it is told of an interruption', () => {
    const row = new TradeContinuity<string>(41);
    row.beginCatchUp();
    expect(row.admit(42, 'b')).toBe('held');
    expect(row.drain()).toEqual({ released: ['b'], gap: null });
  });

  it('sends every trade once and in order, whatever the stream loses or repeats and whenever the gaps are filled', () => {
    const arrivals = fc.array(
      fc.record({ id: fc.nat(40), fetchNow: fc.boolean(), interrupted: fc.boolean() }),
    );
    fc.assert(
      fc.property(arrivals, (events) => {
        const row = new TradeContinuity<number>(0);
        const sent: number[] = [];
        // The venue has every trade up to the last that anybody saw.
        let newest = 0;
        const catchUp = (): void => {
          for (let id = row.lastId! + 1; id <= newest; id++) if (row.fill(id)) sent.push(id);
          const { released, gap } = row.drain();
          sent.push(...released);
          expect(gap).toBeNull();
        };
        for (const { id, fetchNow, interrupted } of events.sort((a, b) => a.id - b.id)) {
          newest = Math.max(newest, id);
          if (interrupted) row.beginCatchUp();
          if (row.admit(id, id) === 'next') sent.push(id);
          if (fetchNow && row.isCatchingUp) catchUp();
        }
        catchUp();
        expect(sent).toEqual(Array.from({ length: newest }, (_, n) => n + 1));
      }),
    );
  });
});
