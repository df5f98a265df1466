import { describe, expect, it } from '@jest/globals';
import { metricsOf } from './metrics.ts';

const DAY_MS = 86_400_000;

/** Of an account of 100 that was worth so much at the end of each day. */
const ofDays = (...equity: number[]) =>
  metricsOf(
    Float64Array.from(equity, (_, day) => day * DAY_MS),
    Float64Array.from(equity),
    100,
    [],
  );

describe('the metrics of a backtest', () => {
  it('have a Sharpe ratio of a sample’s deviation, over the 365 days on which crypto trades', () => {
    // Returns of 1 % and 3 %: mean 2 %, deviation √(2 · 1² / (2 − 1)) %.
    expect(ofDays(101, 104.03).sharpe).toBeCloseTo((2 / Math.SQRT2) * Math.sqrt(365), 9);
  });

  it('have a Sortino ratio whose deviation counts all days, those without a loss too', () => {
    // Returns of −1 % and 3 %: mean 1 %, downside √(1² / 2) %.
    expect(ofDays(99, 101.97).sortino).toBeCloseTo((1 / Math.sqrt(0.5)) * Math.sqrt(365), 9);
  });

  it('grow by the year of 365 days', () => {
    const { cagr, calmar, maxDrawdown } = metricsOf(
      Float64Array.of(0, 365 * DAY_MS, 730 * DAY_MS),
      Float64Array.of(100, 80, 121),
      100,
      [],
    );
    expect(cagr).toBeCloseTo(0.1, 12);
    expect(maxDrawdown).toBeCloseTo(-0.2, 12);
    expect(calmar).toBeCloseTo(0.5, 12);
  });

  it('say nothing of a deviation where there is none', () => {
    expect(ofDays(101)).toMatchObject({ sharpe: null, sortino: null, cagr: null, calmar: null });
  });
});
