import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decimal,
  decimalFromNumber,
  formatDecimal,
  multiply,
  ONE,
  parseDecimal,
  toNumber,
} from './decimal.ts';

/** Any amount that ClickHouse's Decimal(38, 12) holds. */
const anyDecimal = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe('a decimal', () => {
  it('survives its canonical text', () => {
    fc.assert(fc.property(anyDecimal, (value) => parseDecimal(formatDecimal(value)) === value));
  });

  it('is the same whether parsed by the fast way or the long one', () => {
    const digits = fc.tuple(fc.integer({ min: 0, max: 9_999_999 }), fc.integer({ min: 0, max: 9_999_999 }));
    fc.assert(
      fc.property(digits, ([integer, fraction]) => {
        const text = `${integer}.${String(fraction).padStart(7, '0')}`;
        expect(parseDecimal(text)).toBe(BigInt(integer) * ONE + BigInt(fraction) * 100_000n);
        expect(parseDecimal(`000000000${text}`)).toBe(parseDecimal(text));
      }),
    );
  });

  it.each([
    ['61837.63000000', 61_837_630_000_000_000n],
    ['0', 0n],
    ['0.000000000001', 1n],
    ['-1.5', -1_500_000_000_000n],
    ['99999999999999999999999999.999999999999', 10n ** 38n - 1n],
    ['1.100000000000000000', 1_100_000_000_000n],
  ])('reads %s', (text, expected) => {
    expect(parseDecimal(text)).toBe(expected);
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '+1',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '--1',
    '1.2.3',
    '0.0000000000001',
    '100000000000000000000000000',
  ])('refuses %p', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  it('says what it could not parse', () => {
    expect(() => decimal('abc')).toThrow(
      'not a decimal of at most 12 places and 26 digits before them: "abc"',
    );
  });

  it('has no trailing zeros and no bare point', () => {
    expect(['61602.00', '0.10', '10', '-0.50'].map((text) => formatDecimal(decimal(text)))).toEqual([
      '61602',
      '0.1',
      '10',
      '-0.5',
    ]);
  });
});

describe('float noise', () => {
  it('is rounded away at 12 places', () => {
    expect(formatDecimal(decimalFromNumber(0.09946999000000001))).toBe('0.09946999');
    expect(formatDecimal(decimalFromNumber(8.5e-7))).toBe('0.00000085');
    expect(formatDecimal(decimalFromNumber(1e21))).toBe('1000000000000000000000');
    expect(() => decimalFromNumber(NaN)).toThrow('not a finite number');
  });

  it('is the inverse of toNumber for prices of up to 15 digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.integer({ min: 0, max: 6 }),
        (digits, places) => {
          const value = BigInt(digits) * 10n ** BigInt(12 - places);
          expect(decimalFromNumber(toNumber(value))).toBe(value);
        },
      ),
    );
  });
});

describe('a product', () => {
  it('is rounded down, by less than one in the last place', () => {
    const positive = fc.bigInt({ min: 1n, max: 10n ** 20n });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const product = multiply(a, b);
        expect(product * ONE <= a * b && a * b < (product + 1n) * ONE).toBe(true);
      }),
    );
  });
});
