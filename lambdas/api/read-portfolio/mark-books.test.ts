import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, formatDecimal, multiply } from '../../../shared/domain/decimal.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { markBook, totalsOf } from './mark-books.ts';

const flat: BookRecord = {
  accountId: 'paper',
  strategyId: '3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11',
  instrumentId: 'binance:BTC-USDT',
  quantity: '0',
  cash: '10000',
  cost: '0',
  realizedProfit: '0',
  feesPaid: '0',
  fills: 0,
  entryTimeMs: null,
  entryPrice: null,
};
const long: BookRecord = {
  ...flat,
  quantity: '2',
  cash: '9799.8',
  cost: '200.2',
  feesPaid: '0.2',
  fills: 1,
  entryTimeMs: 5,
  entryPrice: '100',
};

describe('a marked book', () => {
  it('is worth its cash and its position at the market', () => {
    expect(markBook(long, { price: '110', timeMs: 9 })).toEqual({
      ...long,
      markPrice: '110',
      markTimeMs: 9,
      value: '220',
      unrealizedProfit: '19.8',
      equity: '10019.8',
    });
  });

  it('needs no price when it is flat', () => {
    expect(markBook(flat, { price: '110', timeMs: 9 })).toMatchObject({
      markPrice: null,
      value: '0',
      unrealizedProfit: '0',
      equity: '10000',
    });
  });

  it('is marked at its own entry while the market has no price', () => {
    expect(markBook(long, null)).toMatchObject({
      markPrice: '100',
      markTimeMs: 5,
      value: '200',
      unrealizedProfit: '-0.2',
    });
  });

  it('adds up to the last digit', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 24n }).map(formatDecimal);
    fc.assert(
      fc.property(amount, amount, amount, amount, (quantity, cash, cost, price) => {
        const marked = markBook({ ...long, quantity, cash, cost }, { price, timeMs: 1 });
        const value = multiply(decimal(quantity), decimal(price));
        expect(decimal(marked.equity)).toBe(decimal(cash) + value);
        expect(decimal(marked.unrealizedProfit)).toBe(value - decimal(cost));
      }),
    );
  });
});

describe('totals', () => {
  it('never add one currency to another', () => {
    const inBitcoin = { ...flat, instrumentId: 'binance:ETH-BTC', cash: '0.000000000001' };
    const positions = [
      markBook(long, { price: '110', timeMs: 9 }),
      markBook(inBitcoin, null),
      markBook(flat, null),
    ];
    expect(totalsOf(positions)).toEqual([
      {
        quoteCurrency: 'BTC',
        cash: '0.000000000001',
        value: '0',
        equity: '0.000000000001',
        realizedProfit: '0',
        unrealizedProfit: '0',
        feesPaid: '0',
      },
      {
        quoteCurrency: 'USDT',
        cash: '19799.8',
        value: '220',
        equity: '20019.8',
        realizedProfit: '0',
        unrealizedProfit: '19.8',
        feesPaid: '0.2',
      },
    ]);
  });
});
