import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SimulatedTime, type SimulatedProcess } from '../../test/support/simulated-time.ts';
import { RequestBudget } from './request-budget.ts';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

let time: SimulatedTime;
let process: SimulatedProcess;

beforeEach(() => {
  time = new SimulatedTime(0);
  process = time.process();
});

/** Asks as often as it is let, and notes when. */
function insist(budget: RequestBudget, weight: number): number[] {
  const askedAt: number[] = [];
  void (async () => {
    while (await budget.take(weight, Infinity, never)) askedAt.push(time.nowMs());
  })();
  return askedAt;
}

describe('the budget of requests to a venue', () => {
  it('never passes the weight of a minute, whenever that begins, and makes good use of it', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 100 }), async (weight) => {
      time = new SimulatedTime(0);
      const askedAt = insist(new RequestBudget({ weightPerMinute: 600, time: time.process() }), weight);
      await time.pass(3 * MINUTE_MS);
      for (const from of askedAt) {
        const inMinute = askedAt.filter((at) => at >= from && at < from + MINUTE_MS);
        expect(inMinute.length * weight).toBeLessThanOrEqual(600);
      }
      expect(askedAt.length * weight).toBeGreaterThan(3 * 600 * 0.55 - weight);
    });
    await fc.assert(property, { numRuns: 10 });
  });

  it('asks nothing while the venue wants a pause', async () => {
    const budget = new RequestBudget({ weightPerMinute: 6000, time: process });
    const askedAt = insist(budget, 25);
    await time.pass(10);
    budget.shutFor(30_000);
    const before = askedAt.length;
    await time.pass(29_900);
    expect(askedAt.length).toBe(before);
    await time.pass(1000);
    expect(askedAt.length).toBeGreaterThan(before);
  });

  it('says at once where a request could not be made in time', async () => {
    const budget = new RequestBudget({ weightPerMinute: 6000, time: process });
    budget.shutFor(30_000);
    expect(await budget.take(25, 20_000, never)).toBe(false);
  });

  it('leaves to what cannot wait as much as it may need at once, and lets nothing stand in its way', async () => {
    const budget = new RequestBudget({ weightPerMinute: 6000, time: process });
    const books: number[] = [];
    for (let n = 0; n < 40; n++)
      void budget.take(50, Infinity, never, 'can-wait').then(() => books.push(time.nowMs()));
    await time.pass(10);
    // Half of the 3,000 that may be asked at once.
    expect(books).toHaveLength(30);
    const trades: number[] = [];
    for (let n = 0; n < 60; n++) void budget.take(25, Infinity, never).then(() => trades.push(time.nowMs()));
    await time.pass(10);
    expect(trades).toHaveLength(60);
    await time.pass(MINUTE_MS);
    expect(books).toHaveLength(40);
  });

  it('serves whoever came first', async () => {
    const budget = new RequestBudget({ weightPerMinute: 60, time: process });
    const served: number[] = [];
    for (const n of [1, 2, 3]) void budget.take(15, Infinity, never).then(() => served.push(n));
    await time.pass(MINUTE_MS);
    expect(served).toEqual([1, 2, 3]);
  });
});
