import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, formatDecimal, multiply } from '../../shared/domain/decimal.ts';
import {
  add,
  multiplyScaled,
  placesOf,
  ratioOf,
  scaled,
  signOf,
  subtract,
  toFixed,
  unscaled,
} from './exact-decimal.ts';

const value = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

describe('exact decimals of the page', () => {
  it('read, write and multiply as the ledger does', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(scaled(formatDecimal(a))).toBe(decimal(formatDecimal(a)));
        expect(unscaled(a)).toBe(formatDecimal(a));
        expect(multiplyScaled(a, b)).toBe(multiply(a, b));
      }),
    );
  });

  it('add and subtract without loss where floats would round', () => {
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(subtract('9007199254740993.000000000001', '9007199254740992')).toBe('1.000000000001');
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(subtract(add(unscaled(a), unscaled(b)), unscaled(b))).toBe(unscaled(a));
      }),
    );
  });

  it.each(['', '1e5', '.5', '1.', '--1', '1.1234567890123', 'NaN'])('refuse %j', (text) => {
    expect(() => scaled(text)).toThrow(RangeError);
  });

  it.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['-0.001', 2, '0.00'],
    ['12', 2, '12.00'],
    ['0.5', 0, '1'],
    ['1234.5', 0, '1235'],
    ['999.995', 2, '1000.00'],
    ['0.000000000001', 12, '0.000000000001'],
  ])('round %s to %i places: %s', (text, places, expected) => {
    expect(toFixed(text, places)).toBe(expected);
  });

  it('tell their sign and their places', () => {
    expect(['-0.1', '0', '2'].map(signOf)).toEqual([-1, 0, 1]);
    expect(['1', '1.5', '0.00012'].map(placesOf)).toEqual([0, 1, 5]);
  });

  it('give a ratio, and none of nothing', () => {
    expect(ratioOf('-14.2349', '10000')).toBeCloseTo(-0.00142349, 12);
    expect(ratioOf('1', '0')).toBeNull();
  });
});
