import { describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../test/support/strategy.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { NO_LIMITS } from '../domain/risk/rules.ts';
import { runCandles } from './run-candles.ts';

/** So little that nothing can be bought of it from a price of 100 on. */
const CAPITAL = '0.0000000001';
/** Advises to buy at the close of the third candle, and nothing behind it. */
const BEFORE = [100, 99, 101];

function fillsOver(behind: readonly number[]): (readonly [candle: number, price: string])[] {
  const prices = [...BEFORE, ...behind];
  const column = (of: (n: number) => number): Float64Array => Float64Array.from(prices, (_, n) => of(n));
  const rising = (n: number): number => 101 + n;
  const series: CandleSeries = {
    length: prices.length,
    openTimeMs: column((n) => n * 60_000),
    open: column((n) => prices[n]!),
    high: column(rising),
    low: column((n) => Math.min(prices[n]!, 99)),
    close: column((n) => (n < BEFORE.length ? prices[n]! : rising(n))),
    volume: column(() => 1),
  };
  const instance = aStrategy({
    ...{ params: { fastPeriod: 1, slowPeriod: 2 }, interval: '1m', capital: CAPITAL, feeRate: '0' },
  });
  const { fills, signals } = runCandles(series, instance, NO_LIMITS);
  expect(signals).toHaveLength(1);
  return fills.map(({ timeMs, price }) => [timeMs / 60_000, price]);
}

describe('an order over candles that is rejected', () => {
  it('is made again at once, and fills at the next open that lets it', () => {
    expect(fillsOver([200, 50, 40])).toEqual([[4, '50']]);
  });

  it('is made again after a pause when it fails again', () => {
    // Rejected at the opens of the fourth and the fifth candle: a minute later one closes that it is made again at.
    expect(fillsOver([200, 200, 50, 40, 30])).toEqual([[5, '50']]);
    expect(fillsOver([200, 200, 200, 50, 40, 30])).toEqual([[7, '40']]);
  });

  it('is not made any more when its advice has become too old', () => {
    expect(fillsOver([200, 200, 200, 200, 200, 200, 200, 50, 40])).toEqual([]);
  });
});
