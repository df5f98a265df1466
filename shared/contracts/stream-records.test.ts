import { describe, expect, it } from '@jest/globals';
import { readTradeRow } from './lane-rows.ts';

const PRICE = 2;
const QUANTITY = 3;
const row = (change: Readonly<Record<number, unknown>> = {}): unknown[] =>
  Object.assign([0, '3735683259', '61837.63', '0.02', 'S', 1_723_161_255_342, 1_723_161_254_087], change);
const read = (change: Readonly<Record<number, unknown>> = {}) =>
  readTradeRow(row(change), ['binance:BTC-USDT']);

describe('a row of a trades record', () => {
  it('is a trade', () => {
    expect(read()).toEqual({
      instrumentId: 'binance:BTC-USDT',
      tradeId: 3_735_683_259,
      price: 61_837_630_000_000_000n,
      quantity: 20_000_000_000n,
      takerSide: 'SELL',
      timeMs: 1_723_161_255_342,
      receivedAtMs: 1_723_161_254_087,
    });
  });

  it.each([
    ['1e3', '"1e3"'],
    ['', '""'],
    [' 12', '" 12"'],
    ['0x10', '"0x10"'],
    [12, '12'],
  ])('has an id of digits, not %j', (id, shown) => {
    expect(read({ 1: id })).toBe(`trade id: expected digits, got ${shown}`);
  });

  it('says which bound an id or an amount has passed', () => {
    expect(read({ 1: '9007199254740993' })).toBe(
      'trade id: expected at most 9007199254740990, got "9007199254740993"',
    );
    expect(read({ [PRICE]: '0.0000000000001' })).toBe(
      'price: expected at most 12 decimal places, got "0.0000000000001"',
    );
    expect(read({ [QUANTITY]: '1.1234567890123' })).toBe(
      'quantity: expected at most 12 decimal places, got "1.1234567890123"',
    );
    expect(read({ [PRICE]: '0.0000000000000' })).toMatch(/^price: expected a decimal above zero/);
  });

  it('may be as large as any market makes it', () => {
    expect(read({ [PRICE]: '0.00000058', [QUANTITY]: '990000000000000' })).toMatchObject({
      tradeId: 3_735_683_259,
    });
    expect(read({ [PRICE]: '2500000000', [QUANTITY]: '1000' })).toMatchObject({ tradeId: 3_735_683_259 });
  });

  it.each([
    ['99999999999999999999999999', '0.02', /^price: expected at most 1000000000000000, got "9{26}"$/],
    ['9'.repeat(40), '0.02', /^price: expected a decimal above zero, got/],
    ['1', '1000000000000000.1', /^quantity: expected at most 1000000000000000, got/],
    [
      '1000000000000000',
      '1001',
      /^notional: expected at most 1000000000000000000, got "1000000000000000" × "1001"$/,
    ],
  ])(
    'is refused with a price of %s and a quantity of %s: its candle could not be held',
    (price, quantity, cause) => {
      expect(read({ [PRICE]: price, [QUANTITY]: quantity })).toMatch(cause);
    },
  );
});
