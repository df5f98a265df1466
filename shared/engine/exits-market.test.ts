import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aStrategy } from '../../test/support/strategy.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { NO_LIMITS } from '../domain/risk/rules.ts';
import { exitRules, type ExitSettings } from '../domain/trading/exits/exit-rules.ts';
import { backtest, type BacktestReport } from './backtest.ts';
import { runCandles } from './run-candles.ts';

type Prices = readonly [open: number, high: number, low: number, close: number];

function seriesOf(candles: readonly Prices[]): CandleSeries {
  const column = (at: number): Float64Array => Float64Array.from(candles, (prices) => prices[at]!);
  return {
    length: candles.length,
    openTimeMs: Float64Array.from(candles, (_, n) => n * 60_000),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: Float64Array.from(candles, () => 1),
  };
}

function rulesOf(settings: ExitSettings) {
  const made = exitRules(settings);
  if ('error' in made) throw new Error(made.error);
  return made.rules;
}

const crossover = aStrategy({ params: { fastPeriod: 1, slowPeriod: 2 }, slippage: '0.001' });
const free = aStrategy({ params: { fastPeriod: 1, slowPeriod: 2 }, feeRate: '0' });

function run(candles: readonly Prices[], settings: ExitSettings | null): BacktestReport {
  return backtest(seriesOf(candles), free, NO_LIMITS, settings === null ? null : rulesOf(settings));
}

const flat = (price: number): Prices => [price, price, price, price];
/** Bought at the open of the fifth, at 100. */
const rise: readonly Prices[] = [flat(90), flat(90), flat(90), flat(95)];

describe('a backtest with exits', () => {
  const prices = fc.integer({ min: 50, max: 150 });
  const candles = fc.array(
    fc
      .tuple(prices, prices, prices, prices)
      .map(([a, b, open, close]): Prices => [
        open,
        Math.max(a, b, open, close),
        Math.min(a, b, open, close),
        close,
      ]),
    { minLength: 3, maxLength: 60 },
  );

  it('that asks for none is the one without, byte for byte', () => {
    fc.assert(
      fc.property(candles, (given) => {
        const series = seriesOf(given);
        expect(runCandles(series, crossover, NO_LIMITS, rulesOf({}))).toEqual(
          runCandles(series, crossover, NO_LIMITS),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('never holds what it has not, and has its exits ended with each position', () => {
    const settings = {
      stopLoss: 0.1,
      takeProfit: 0.2,
      trailing: [{ distance: 0.05, from: 0.1 }],
      atrStop: { period: 3, multiple: 1, trails: true },
      timeStopMs: 300_000,
    };
    fc.assert(
      fc.property(candles, (given) => {
        const { fills, book } = runCandles(seriesOf(given), crossover, NO_LIMITS, rulesOf(settings));
        fills.forEach(({ side }, n) => expect(side).toBe(n % 2 === 0 ? 'BUY' : 'SELL'));
        expect(book.quantity > 0n).toBe(fills.length % 2 === 1);
      }),
      { numRuns: 60 },
    );
  });

  it('is out at its stop within a candle, and in again at the next cross', () => {
    const after: readonly Prices[] = [[100, 100, 94, 99], flat(99), flat(98), flat(99), flat(100), flat(101)];
    const { trades, openPosition } = run([...rise, ...after], { stopLoss: 0.05 });
    expect(trades).toMatchObject([
      { entryTimeMs: 240_000, entryPrice: '100', exitTimeMs: 299_999, exitPrice: '95', return: -0.05 },
    ]);
    expect(openPosition).toMatchObject({ entryTimeMs: 480_000, entryPrice: '100' });
    expect(run([...rise, ...after], null).trades).toMatchObject([{ exitTimeMs: 420_000, exitPrice: '99' }]);
  });

  it('marks its equity by what the candle has left of the position', () => {
    const { equity } = run([...rise, [100, 120, 100, 115], flat(60)], { takeProfit: 0.1 });
    expect([...equity]).toEqual([10_000, 10_000, 10_000, 10_000, 11_000, 11_000]);
  });

  it('goes on after an entry that could not be filled at once', () => {
    const fall: readonly Prices[] = [flat(100), flat(0.2), flat(0.2), flat(0.3), flat(0.5), flat(0.6)];
    const poor = aStrategy({
      params: { fastPeriod: 1, slowPeriod: 2 },
      capital: '0.000000000001',
      feeRate: '0',
    });
    for (const exits of [null, rulesOf({ stopLoss: 0.05 })]) {
      const { fills } = runCandles(seriesOf([...rise, ...fall]), poor, NO_LIMITS, exits);
      // Rejected at 100, it is made again: what was advised is a target.
      expect(fills.map(({ side, price }) => [side, price])).toEqual([
        ['BUY', '0.2'],
        ['SELL', '0.2'],
        ['BUY', '0.5'],
      ]);
    }
  });

  it('leaves by the strategy’s advice where that comes first', () => {
    const { trades } = run([...rise, flat(100), flat(97), flat(98)], { stopLoss: 0.05 });
    expect(trades).toMatchObject([{ exitTimeMs: 360_000, exitPrice: '98' }]);
  });
});
