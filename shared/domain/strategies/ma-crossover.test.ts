import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configureStrategy } from './registry.ts';
import type { Advice, JsonValue, Strategy } from './strategy.ts';

function configured(params: object) {
  const strategy = configureStrategy('ma-crossover', params);
  if ('error' in strategy) throw new Error(strategy.error);
  return strategy;
}

function feed(strategy: Strategy, closes: readonly number[]): Advice[] {
  return closes.map((close, i) =>
    strategy.onCandle({ openTimeMs: i, open: close, high: close, low: close, close, volume: 1 }),
  );
}

describe('the moving-average crossover', () => {
  it('says nothing before slowPeriod + 1 candles exist', () => {
    const advice = feed(configured({ fastPeriod: 1, slowPeriod: 3 }).create(), [3, 2, 1, 9, 1]);
    expect(advice.map((one) => one?.side ?? null)).toEqual([null, null, null, 'BUY', 'SELL']);
  });

  it('advises at a crossing only, not while it lasts', () => {
    const advice = feed(configured({ fastPeriod: 1, slowPeriod: 2 }).create(), [5, 4, 6, 7, 8, 7, 6]);
    expect(advice.map((one) => one?.side ?? null)).toEqual([null, null, 'BUY', null, null, 'SELL', null]);
  });

  it('goes on from a snapshot exactly as if it had never stopped', () => {
    const closes = fc.array(
      fc.integer({ min: 1, max: 10_000 }).map((cents) => cents / 100),
      { minLength: 2, maxLength: 120 },
    );
    fc.assert(
      fc.property(closes, fc.nat(), (prices, at) => {
        const strategy = configured({ fastPeriod: 3, slowPeriod: 8 });
        const whole = strategy.create();
        const expected = feed(whole, prices);
        const cut = at % prices.length;
        const before = strategy.create();
        const first = feed(before, prices.slice(0, cut));
        const restored = strategy.restore(JSON.parse(JSON.stringify(before.snapshot())) as JsonValue);
        expect([...first, ...feed(restored, prices.slice(cut))]).toEqual(expected);
        expect(restored.snapshot()).toEqual(whole.snapshot());
      }),
    );
  });

  it.each([
    [{ fastPeriod: 20, slowPeriod: 5 }, 'fastPeriod: expected less than slowPeriod, got 20 and 5'],
    [{ fastPeriod: 0, slowPeriod: 5 }, 'fastPeriod: expected a whole number from 1 to 1000, got 0'],
    [{ fastPeriod: 5, slowPeriod: '20' }, 'slowPeriod: expected a whole number from 1 to 1000, got "20"'],
    [{ fastPeriod: 5 }, 'slowPeriod: expected a whole number from 1 to 1000, got nothing'],
    [
      { fastPeriod: 5, slowPeriod: 20, speed: 1 },
      'unknown parameter "speed": expected fastPeriod and slowPeriod',
    ],
  ])('refuses %j', (params, expected) => {
    expect(configureStrategy('ma-crossover', params)).toEqual({ field: 'params', error: expected });
  });

  it('is the only one so far, and says so', () => {
    expect(configureStrategy('moon', {})).toEqual({
      field: 'name',
      error: 'unknown strategy "moon": expected one of ma-crossover',
    });
  });
});
