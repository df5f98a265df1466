import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AccountBooks, worthOf, type Share } from './account-books.ts';
import type { Exposure } from './account-view.ts';
import { decimal } from '../decimal.ts';

const exposure = fc.record({ long: fc.bigInt(0n, 1000n), short: fc.bigInt(0n, 1000n) });
const holding = fc.record({ notional: exposure, quantity: exposure });
const share: fc.Arbitrary<Share> = fc.record({
  strategyId: fc.constantFrom('a', 'b', 'c'),
  instrumentId: fc.constantFrom('binance:BTC-USDT', 'binance:ETH-USDT', 'kraken:BTC-USD'),
  held: holding,
  reserved: holding,
});

const sum = (parts: readonly Exposure[]): Exposure =>
  parts.reduce((all, { long, short }) => ({ long: all.long + long, short: all.short + short }), {
    long: 0n,
    short: 0n,
  });

describe('the books of an account', () => {
  it('come to the sum of the last that was said of each instance and instrument, in whatever order it was said', () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 30 }), (said) => {
        const books = new AccountBooks();
        for (const one of said) books.put(one);
        const last = [...new Map(said.map((one) => [`${one.strategyId} ${one.instrumentId}`, one])).values()];
        const of = (shares: readonly Share[], what: 'notional' | 'quantity') =>
          sum(shares.flatMap(({ held, reserved }) => [held[what], reserved[what]]));
        const here = last.filter(({ instrumentId }) => instrumentId === 'binance:BTC-USDT');
        const venue = last.filter(({ instrumentId }) => instrumentId.startsWith('binance:'));
        expect(books.seenFrom('binance:BTC-USDT')).toEqual({
          instrument: { notional: of(here, 'notional'), quantity: of(here, 'quantity') },
          venue: of(venue, 'notional'),
          total: of(last, 'notional'),
        });
        expect(new AccountBooks(books.shares()).seenFrom('kraken:BTC-USD')).toEqual(
          books.seenFrom('kraken:BTC-USD'),
        );
      }),
    );
  });
});

describe('what an account is worth', () => {
  const books = [
    { cash: decimal('10'), quantity: decimal('2'), instrumentId: 'binance:BTC-USDT' },
    { cash: decimal('5'), quantity: 0n, instrumentId: 'binance:ETH-USDT' },
  ];

  it('is cash and positions at their prices, and asks for no price of what is not held', () => {
    const priceOf = (id: string) => (id === 'binance:BTC-USDT' ? decimal('3') : null);
    expect(worthOf(books, priceOf)).toBe(decimal('21'));
  });

  it('cannot be told without the price of what is held', () => {
    expect(worthOf(books, () => null)).toBeNull();
  });
});
