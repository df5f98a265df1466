import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Exit } from './account-view.ts';
import {
  exitsAfter,
  NOTHING_REMEMBERED,
  ordersInMinute,
  paceAfter,
  rememberDecision,
  type OrderPace,
} from './memory.ts';

const steps = fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 120 });

describe('the pace of orders', () => {
  it('counts those of the last sixty seconds, the present one included, and remembers no more than that', () => {
    fc.assert(
      fc.property(steps, (between) => {
        let nowMs = 1_700_000_000_000;
        let pace: OrderPace = [];
        const given: number[] = [];
        for (const step of between) {
          nowMs += step;
          pace = paceAfter(pace, nowMs);
          given.push(nowMs);
          const since = (Math.floor(nowMs / 1000) - 59) * 1000;
          expect(ordersInMinute(pace, nowMs)).toBe(given.filter((timeMs) => timeMs >= since).length);
          expect(pace.length).toBeLessThanOrEqual(60);
        }
      }),
    );
  });

  it('loses none when the clock goes back', () => {
    const pace = paceAfter(paceAfter([], 61_000), 60_000);
    expect(ordersInMinute(pace, 61_000)).toBe(2);
  });
});

describe('the memory of an instance', () => {
  it('keeps the most that it was worth, and the last order that it gave', () => {
    const order = { side: 'BUY', size: '1', atMs: 5000 } as const;
    const first = rememberDecision(NOTHING_REMEMBERED, 10n, order);
    const second = rememberDecision(first, 8n, null);
    expect(second).toEqual({ peakEquity: 10n, pace: [[5, 1]], lastOrder: order });
    expect(rememberDecision(second, 12n, null).peakEquity).toBe(12n);
  });

  it('keeps the newest 64 exits', () => {
    const exits = Array.from({ length: 70 }, (_, n) => ({ timeMs: n, profit: 1n, cost: 1n })).reduce<
      readonly Exit[]
    >(exitsAfter, []);
    expect([exits.length, exits[0]?.timeMs, exits.at(-1)?.timeMs]).toEqual([64, 6, 69]);
  });
});
