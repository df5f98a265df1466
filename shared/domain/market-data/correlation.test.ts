import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { correlationMatrix, type CloseSeries } from './correlation.ts';

const SECOND = 1000;

/** Candles side by side; null: none in that second. */
function closes(...prices: readonly (number | null)[]): CloseSeries {
  const kept = prices.flatMap((price, i) => (price === null ? [] : [[i * SECOND, price] as const]));
  return { openTimeMs: kept.map(([timeMs]) => timeMs), close: kept.map(([, price]) => price) };
}

const between = (a: CloseSeries, b: CloseSeries) => correlationMatrix([a, b], SECOND)[0]![1]!;

describe('a correlation', () => {
  it('is 1 of what moves alike, at whichever price, and −1 of what moves against it', () => {
    const up = closes(100, 110, 99, 120, 118);
    const alike = closes(1, 1.1, 0.99, 1.2, 1.18);
    const against = closes(1 / 100, 1 / 110, 1 / 99, 1 / 120, 1 / 118);
    expect(between(up, alike).coefficient).toBeCloseTo(1, 12);
    expect(between(up, against).coefficient).toBeCloseTo(-1, 12);
    expect(between(up, alike).observations).toBe(4);
  });

  it('is what numpy.corrcoef gives of the log returns', () => {
    // numpy.corrcoef(numpy.diff(numpy.log(a)), numpy.diff(numpy.log(b)))[0, 1]
    const a = closes(61837.63, 61840.01, 61835.5, 61839.99, 61850.2, 61820);
    const b = closes(2683.2, 2683.9, 2682.1, 2684.4, 2684.3, 2681.7);
    expect(between(a, b).coefficient).toBeCloseTo(0.7453180299998771, 12);
  });

  it('compares the returns that both have: a quiet second makes none, neither into it nor out of it', () => {
    const whole = closes(1, 2, 3, 5, 4, 6, 7);
    const thin = closes(1, 2, null, 5, 4, 6, 7);
    expect(between(whole, thin)).toEqual({ coefficient: expect.closeTo(1, 12), observations: 4 });
  });

  it('is not told where too few returns are in common, or where one never moved', () => {
    expect(between(closes(1, 2, 3), closes(1, 2, 3))).toEqual({ coefficient: null, observations: 2 });
    expect(between(closes(1, 2, 3, 4), closes(5, 5, 5, 5))).toEqual({ coefficient: null, observations: 3 });
    expect(between(closes(), closes(1, 2, 3, 4))).toEqual({ coefficient: null, observations: 0 });
  });

  it('makes a symmetric matrix within −1 and 1, whatever the prices', () => {
    const price = fc.option(fc.double({ min: 1e-12, max: 1e9, noNaN: true }), { freq: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.array(price, { minLength: 0, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        (all) => {
          const matrix = correlationMatrix(
            all.map((prices) => closes(...prices)),
            SECOND,
          );
          matrix.forEach((row, i) =>
            row.forEach((cell, j) => {
              expect(cell).toEqual(matrix[j]![i]);
              if (cell.coefficient !== null) expect(Math.abs(cell.coefficient)).toBeLessThanOrEqual(1);
              if (i === j && cell.coefficient !== null) expect(cell.coefficient).toBeCloseTo(1, 9);
            }),
          );
        },
      ),
    );
  });
});
