import { describe, expect, it } from '@jest/globals';
import { qualityOf } from '../domain/market-data/quality-flags.ts';
import { NO_LIMITS } from '../domain/risk/rules.ts';
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
