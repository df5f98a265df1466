import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TradeContinuity } from './trade-continuity.ts';

const at = (id: number) => ({ id, timeMs: 1000 + id * 10 });
const LAST = at(41);

describe('the row of trades', () => {
  it('takes whatever comes first as its beginning', () => {
    const row = new TradeContinuity<string>(null);
    expect(row.admit(at(41), 'a')).toBe('next');
    expect(row.lastId).toBe(41);
  });

  it('knows a trade that comes again', () => {
    const row = new TradeContinuity<string>(LAST);
    expect(row.admit(at(41), 'a')).toBe('repeated');
    expect(row.admit(at(12), 'b')).toBe('repeated');
  });

  it('holds what comes behind a gap', () => {
    const row = new TradeContinuity<string>(LAST);
    expect(row.admit(at(44), 'd')).toBe('gap');
    expect(row.admit(at(45), 'e')).toBe('held');
    expect(row.drain()).toEqual({ released: [], gap: { fromId: 42, toId: 43 } });
    expect(row.heldCount).toBe(2);
  });

  it('lets go when the gap is filled', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(44), 'd');
    expect([42, 43].map((id) => row.fill(at(id), `${id}`))).toEqual([['42'], ['43']]);
    expect(row.drain()).toEqual({ released: ['d'], gap: null });
    expect(row.isCatchingUp).toBe(false);
  });

  it('lets go when the gap is passed over', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(44), 'd');
    row.passOver({ fromId: 42, toId: 43 });
    expect(row.drain()).toEqual({ released: ['d'], gap: null });
  });

  it('holds everything from the moment on that it is told of an interruption', () => {
    const row = new TradeContinuity<string>(LAST);
    row.beginCatchUp();
    expect(row.admit(at(42), 'b')).toBe('held');
    expect(row.follow()).toEqual(['b']);
    expect(row.isCatchingUp).toBe(false);
  });

  it('is whole again as soon as the stream itself brings what was missing, in whatever order', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(44), 'd');
    expect(row.admit(at(43), 'c')).toBe('held');
    expect(row.follow()).toEqual([]);
    expect(row.admit(at(43), 'c')).toBe('held');
    expect(row.admit(at(42), 'b')).toBe('held');
    expect(row.follow()).toEqual(['b', 'c', 'd']);
    expect(row.isCatchingUp).toBe(false);
  });

  it('sends what came over the stream before what was fetched behind it', () => {
    const row = new TradeContinuity<string>(LAST);
    row.beginCatchUp();
    row.admit(at(43), 'c');
    expect(row.fill(at(42), 'b')).toEqual(['b']);
    expect(row.fill(at(44), 'd')).toEqual(['c', 'd']);
    expect(row.fill(at(43), 'c')).toEqual([]);
    expect(row.drain()).toEqual({ released: [], gap: null });
  });

  it('knows a number that has fallen while time went on for a new beginning, and waits for those before it', () => {
    const row = new TradeContinuity<string>(LAST);
    const anew = (id: number) => ({ id, timeMs: LAST.timeMs + id });
    expect(row.admit(anew(3), 'c')).toBe('reset');
    expect(row.admit(anew(4), 'd')).toBe('held');
    expect([row.missingCount, row.follow()]).toEqual([null, []]);
    expect(row.drain()).toMatchObject({ released: [], gap: {} });
    expect([1, 2, 3].flatMap((id) => row.fill(anew(id), `${id}`))).toEqual(['1', '2', '3']);
    expect(row.drain()).toEqual({ released: ['d'], gap: null });
    expect(row.admit(anew(5), 'e')).toBe('next');
    expect(row.admit(LAST, 'a')).toBe('repeated');
  });

  it('goes on from a new beginning without what came before it, where nobody has that', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit({ id: 3, timeMs: LAST.timeMs + 1 }, 'c');
    row.passOver(row.drain().gap!);
    expect(row.drain()).toEqual({ released: ['c'], gap: null });
    expect(row.lastId).toBe(3);
  });

  it('takes a lower number for a repetition where time has not gone on, or nobody believes it', () => {
    const row = new TradeContinuity<string>(LAST);
    expect(row.admit({ id: 3, timeMs: LAST.timeMs }, 'c')).toBe('repeated');
    expect(row.admit({ id: 3, timeMs: null }, 'c')).toBe('repeated');
    expect(new TradeContinuity<string>({ id: 41, timeMs: null }).admit(at(3), 'c')).toBe('repeated');
  });

  it('knows a new beginning by a number far below, though the venue’s clock went back, unless old trades are said again', () => {
    const row = new TradeContinuity<string>({ id: 5000, timeMs: 90_000 });
    expect(row.admit({ id: 1, timeMs: 10 }, 'a', true)).toBe('repeated');
    expect(row.admit({ id: 2, timeMs: 20 }, 'b')).toBe('reset');
    expect(row.fill({ id: 4000, timeMs: 80_000 }, 'old')).toEqual([]);
    expect(row.fill({ id: 1, timeMs: 10 }, 'a')).toEqual(['a']);
    expect(row.drain()).toEqual({ released: ['b'], gap: null });
  });

  it('holds what was fetched behind a gap: a venue whose clock went wrong tells it in another order', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(46), 'f');
    expect(row.fill(at(45), 'e')).toEqual([]);
    expect(row.drain()).toEqual({ released: [], gap: { fromId: 42, toId: 44 } });
    const early = (id: number) => ({ id, timeMs: at(id).timeMs - 120_000 });
    expect([42, 43, 44].flatMap((id) => row.fill(early(id), `${id}`))).toEqual(['42', '43', '44']);
    expect(row.drain()).toEqual({ released: ['e', 'f'], gap: null });
  });

  it('lets a number that was sent pass with another time: a venue that counts anew, with a clock that went back', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(42), 'b');
    const anew = { id: 42, timeMs: at(42).timeMs - 120_000 };
    expect(row.admit(anew, 'c', true)).toBe('repeated');
    expect(row.admit(anew, 'c')).toBe('stray');
    expect(row.admit(anew, 'c')).toBe('repeated');
    expect(row.admit(at(42), 'b')).toBe('repeated');
    expect([row.lastId, row.admit(at(43), 'd')]).toEqual([42, 'next']);
  });

  it('lets pass once what was given up and comes late', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(44), 'd');
    row.passOver({ fromId: 42, toId: 43 });
    row.drain();
    expect([42, 43].map((id) => row.admit(at(id), 'late'))).toEqual(['stray', 'stray']);
    expect(row.admit(at(42), 'late')).toBe('repeated');
    expect(row.admit(at(41), 'a')).toBe('repeated');
    expect(row.lastId).toBe(44);
  });

  it('knows the trades of each of several beginnings', () => {
    const row = new TradeContinuity<string>(at(0));
    const times = [2000, 3000, 4000];
    expect(times.map((timeMs) => row.admit({ id: 1, timeMs }, 'a'))).toEqual(['next', 'reset', 'held']);
    expect(times.slice(1).flatMap((timeMs) => row.fill({ id: 1, timeMs }, 'a'))).toHaveLength(2);
    row.drain();
    for (const timeMs of times) expect(row.admit({ id: 1, timeMs }, 'a')).toBe('repeated');
  });

  it('knows a trade again whose time was rounded on the way', () => {
    const row = new TradeContinuity<string>(LAST);
    row.admit(at(42), 'b');
    expect(row.admit({ id: 42, timeMs: at(42).timeMs + 1 }, 'b')).toBe('repeated');
  });

  it('sends every trade once and in order, whatever the stream loses or repeats and whenever the gaps are filled', () => {
    const arrivals = fc.array(
      fc.record({ id: fc.nat(40), fetchNow: fc.boolean(), interrupted: fc.boolean() }),
    );
    fc.assert(
      fc.property(arrivals, (events) => {
        const row = new TradeContinuity<number>(at(0));
        const sent: number[] = [];
        // The venue has every trade up to the last that anybody saw.
        let newest = 0;
        const catchUp = (): void => {
          for (let id = row.lastId! + 1; id <= newest; id++) sent.push(...row.fill(at(id), id));
          const { released, gap } = row.drain();
          sent.push(...released);
          expect(gap).toBeNull();
        };
        for (const { id, fetchNow, interrupted } of events.sort((a, b) => a.id - b.id)) {
          newest = Math.max(newest, id);
          if (interrupted) row.beginCatchUp();
          if (row.admit(at(id), id) === 'next') sent.push(id);
          if (fetchNow && row.isCatchingUp) catchUp();
        }
        catchUp();
        expect(sent).toEqual(Array.from({ length: newest }, (_, n) => n + 1));
      }),
    );
  });
});
