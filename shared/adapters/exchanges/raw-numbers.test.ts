import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { numberQuoter, plainDecimal } from './raw-numbers.ts';

const quote = numberQuoter(['price', 'qty']);

describe('numbers of a message', () => {
  it('come out as they were written, under the keys that are asked for', () => {
    const text = '{"price":354.11000000,"qty" : 1e-07,"id":7,"data":[{"price":-0.5}]}';
    expect(JSON.parse(quote(text))).toEqual({
      price: '354.11000000',
      qty: '1e-07',
      id: 7,
      data: [{ price: '-0.5' }],
    });
  });

  it('are left alone within text and under other keys', () => {
    const value = { note: '"price":1, and \\"qty\\":2', prices: 3, price: 'free', qty: null };
    expect(JSON.parse(quote(JSON.stringify(value)))).toEqual(value);
  });

  it('change nothing else, whatever the message is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ price: 1.5, value });
        expect(JSON.parse(numberQuoter(['price'])(text))).toMatchObject({ price: '1.5' });
        expect(JSON.parse(numberQuoter(['a key that is not there'])(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('a plain decimal', () => {
  it.each([
    ['354.11000000', '354.11'],
    ['100', '100'],
    ['100.000', '100'],
    ['0.0', '0'],
    ['1e-07', '0.0000001'],
    ['3000000.0', '3000000'],
    ['3e6', '3000000'],
    ['1.25E+1', '12.5'],
    ['1.25e-1', '0.125'],
    ['12.5e1', '125'],
    ['0.5e1', '5'],
    ['-1.5e3', '-1500'],
    ['1e-100', '1e-100'],
    ['1.5e-220', '1.5e-220'],
    ['1.50x', '1.50x'],
    ['free', 'free'],
    ['', ''],
  ])('%s is %s', (token, plain) => {
    expect(plainDecimal(token)).toBe(plain);
  });

  it('is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e60, max: 1e60 }), (value) => {
        expect(Number(plainDecimal(String(value)))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
