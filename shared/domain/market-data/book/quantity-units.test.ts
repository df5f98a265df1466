import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDecimal, parseDecimal } from '../../decimal.ts';
import { canonical } from './order-book.ts';
import { MAX_UNITS, NO_UNITS, unitsOf } from './quantity-units.ts';

const UNIT = 10_000n;
const digits = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '0', '1', '5', '9'), minLength: 1, maxLength: max });
/** As venues write them: padded with zeros or not, short and long. */
const told = fc
  .tuple(digits(20), fc.option(digits(12), { nil: null }))
  .map(([whole, fraction]) => (fraction === null ? whole : `${whole}.${fraction}`));
const garbled = fc.constantFrom('', '.', '1.', '.1', '-1', '1e5', '1.2.3', 'NaN', ' 1', '1,5', '١');

describe('the units of a quantity', () => {
  it('are what the exact decimal says, or none where a double could not add them up', () => {
    fc.assert(
      fc.property(told, (text) => {
        const exact = parseDecimal(text)!;
        const units = unitsOf(text);
        if (units === NO_UNITS) {
          expect(exact % UNIT !== 0n || exact / UNIT > BigInt(MAX_UNITS)).toBe(true);
        } else expect(BigInt(units!) * UNIT).toBe(exact);
      }),
      { numRuns: 2000 },
    );
  });

  it('are null of what is no quantity', () => {
    fc.assert(fc.property(garbled, (text) => expect(unitsOf(text)).toBeNull()));
  });
});

describe('the canonical text of what a venue wrote', () => {
  it('is that of its exact decimal', () => {
    fc.assert(
      fc.property(told, (text) => expect(canonical(text)).toBe(formatDecimal(parseDecimal(text)!))),
      { numRuns: 2000 },
    );
  });

  it('leaves out the places that a decimal does not have, and what is no number as it is', () => {
    expect(canonical('1.0000000000019')).toBe('1.000000000001');
    expect(canonical('0.0000000000009')).toBe('0');
    expect(canonical('0012.500')).toBe('12.5');
    fc.assert(fc.property(garbled, (text) => expect(canonical(text)).toBe(text)));
  });
});
