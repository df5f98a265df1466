import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closesWithin, dueSpans, emptyPlan, hasDue, isDone, planCandle, strike } from './refold-plan.ts';

const HOUR_MS = 3_600_000;
const plan = (...timesMs: number[]) => {
  const made = emptyPlan('1');
  for (const timeMs of timesMs) planCandle(made, '1s', timeMs);
  return made;
};

describe('a plan of what is to be made again', () => {
  it('has every candle that was put into it, however many, and stays bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50 * HOUR_MS), { maxLength: 100 }), (times) => {
        const spans = dueSpans(plan(...times), '1s', 60 * HOUR_MS);
        expect(spans.length).toBeLessThanOrEqual(16);
        for (const timeMs of times)
          expect(spans.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs < toMs)).toBe(true);
        for (const [n, span] of spans.entries())
          if (n > 0) expect(span.fromMs).toBeGreaterThan(spans[n - 1]!.toMs);
      }),
    );
  });

  it('is due once candles are closed', () => {
    const made = plan(1_500, 2_500);
    expect(dueSpans(made, '1s', 1_999)).toEqual([]);
    expect(dueSpans(made, '1s', 2_000)).toEqual([{ fromMs: 1_000, toMs: 2_000 }]);
    expect(dueSpans(made, '1s', 9_000)).toEqual([{ fromMs: 1_000, toMs: 3_000 }]);
  });

  it('tells when candles of it close', () => {
    const made = plan(1_500, 2_500);
    planCandle(made, '1m', 61_000);
    expect(closesWithin(made, -1, 1_999)).toBe(false);
    expect(closesWithin(made, 1_999, 2_000)).toBe(true);
    expect(closesWithin(made, 2_000, 2_999)).toBe(false);
    expect(closesWithin(made, 2_999, 3_000)).toBe(true);
    expect(closesWithin(made, 3_000, 119_999)).toBe(false);
    expect(closesWithin(made, 3_000, 120_000)).toBe(true);
    expect(closesWithin(made, 120_000, HOUR_MS)).toBe(false);
  });

  it('leaves the minute in which history is told until that has gone on, or has ended', () => {
    const made = plan(10_000, 59_000, 61_000, 5 * HOUR_MS);
    planCandle(made, '1m', 10_000);
    planCandle(made, '1m', 61_000);
    const due = (interval: '1s' | '1m') =>
      dueSpans(made, interval, 9 * HOUR_MS).map(({ fromMs, toMs }) => [fromMs, toMs]);
    made.edgeMs = 59_000;
    expect([due('1s'), due('1m')]).toEqual([[[5 * HOUR_MS, 5 * HOUR_MS + 1_000]], []]);
    made.edgeMs = 61_000;
    expect([due('1s')[0], due('1m')]).toEqual([[10_000, 60_000], [[0, 60_000]]]);
    made.edgeMs = null;
    expect([due('1s')[0], due('1m')]).toEqual([[10_000, 62_000], [[0, 120_000]]]);
  });

  it('keeps what is left when some of it is done', () => {
    const made = plan(1_000, 5_000);
    strike(made, '1s', { fromMs: 2_000, toMs: 4_000 });
    expect(made.spans['1s']).toEqual([
      { fromMs: 1_000, toMs: 2_000 },
      { fromMs: 4_000, toMs: 6_000 },
    ]);
    strike(made, '1s', { fromMs: 0, toMs: 9_000 });
    expect([isDone(made), hasDue(made, HOUR_MS)]).toEqual([true, false]);
  });
});
