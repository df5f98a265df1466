import { describe, expect, it } from '@jest/globals';
import { qualityOf } from '../domain/market-data/quality-flags.ts';
import { DEFAULT_LIMITS, NO_LIMITS } from '../domain/risk/rules.ts';
import { aStrategy } from '../../test/support/strategy.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { backtest } from './backtest.ts';

const PRICES = [10, 10, 12, 13, 11, 9, 10, 13, 14, 9, 8];

const series: CandleSeries = {
  length: PRICES.length,
  openTimeMs: Float64Array.from(PRICES, (_, n) => n * 60_000),
  open: Float64Array.from(PRICES),
  high: Float64Array.from(PRICES),
  low: Float64Array.from(PRICES),
  close: Float64Array.from(PRICES),
  volume: Float64Array.from(PRICES, () => 1),
};
const run = (quality?: Uint32Array) =>
  backtest(
    quality === undefined ? series : { ...series, quality },
    aStrategy({ params: { fastPeriod: 1, slowPeriod: 2 } }),
    NO_LIMITS,
  );

describe('a backtest under the default limits', () => {
  it('begins nothing more on a day that lost a fifth since its first decision, and goes on with the next', () => {
    const falling = Array.from({ length: 17 }, (_, n) => 8 - n / 10);
    const hours = [10, 9, 12, 13, 8, 7.9, 9, 10, ...falling, 9, 9.5, 9, 8];
    const prices = Float64Array.from(hours);
    const openTimeMs = prices.map((_, n) => n * 3_600_000);
    const ofHours = { openTimeMs, open: prices, high: prices, low: prices, close: prices, volume: prices };
    const { trades } = backtest(
      { ...ofHours, length: prices.length },
      aStrategy({ params: { fastPeriod: 1, slowPeriod: 2 }, interval: '1h' }),
      DEFAULT_LIMITS,
    );
    // The rise at 6 o'clock is let pass; that of the next day's first hours is taken.
    expect(trades.map(({ entryTimeMs }) => entryTimeMs / 3_600_000)).toEqual([3, 26]);
  });
});

describe('a backtest on flagged candles', () => {
  it('does what it would do, and says which of its trades rest on them, and what those made', () => {
    const plain = run();
    expect(plain.trades).toHaveLength(2);
    expect(plain.flagged).toEqual({ fills: 0, trades: 0, profit: '0' });
    expect(plain.trades.some((trade) => 'flags' in trade)).toBe(false);
    // The signal of the first purchase, and the candle that the last sale fills at.
    const [first, last] = plain.trades;
    const at = (timeMs: number) => timeMs / 60_000;
    const quality = new Uint32Array(PRICES.length);
    quality[at(first!.entryTimeMs) - 1] = qualityOf('gap');
    quality[at(last!.exitTimeMs)] = qualityOf('spike');
    const { trades, flagged, tradeHash, metrics } = run(quality);
    expect(trades.map(({ flags }) => flags)).toEqual([['gap'], ['spike']]);
    expect(flagged).toMatchObject({ fills: 2, trades: 2 });
    expect(Number(flagged.profit)).toBeCloseTo(Number(first!.profit) + Number(last!.profit), 9);
    expect([tradeHash, metrics]).toEqual([plain.tradeHash, plain.metrics]);
  });
});
