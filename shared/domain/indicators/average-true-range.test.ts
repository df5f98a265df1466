import { describe, expect, it } from '@jest/globals';
import { AverageTrueRange } from './average-true-range.ts';

const candles = [
  { high: 11, low: 9, close: 10 },
  { high: 12, low: 10, close: 11 },
  // A gap: the range reaches from the close before.
  { high: 15, low: 14, close: 14 },
  { high: 10, low: 9, close: 10 },
  { high: 11, low: 10, close: 10 },
];

describe('the average true range', () => {
  it('begins with the mean of as many ranges, the first that of the second candle, and is smoothed from there', () => {
    const range = new AverageTrueRange(2);
    expect(candles.map((candle) => range.next(candle))).toEqual([
      NaN,
      NaN,
      (2 + 4) / 2,
      (3 + 5) / 2,
      (4 + 1) / 2,
    ]);
  });

  it('weighs what came before by its period', () => {
    const range = new AverageTrueRange(3);
    const values = candles.map((candle) => range.next(candle));
    expect(values.slice(3)).toEqual([(2 + 4 + 5) / 3, (((2 + 4 + 5) / 3) * 2 + 1) / 3]);
  });

  it('has a period of one candle at least', () => {
    expect(() => new AverageTrueRange(0)).toThrow('period must be a whole number of 1 or more: 0');
    const range = new AverageTrueRange(1);
    expect(candles.map((candle) => range.next(candle)).slice(1)).toEqual([2, 4, 5, 1]);
  });
});
