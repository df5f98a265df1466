import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillAtPrint } from '../../../test/support/fill-at-print.ts';
import { anOrder } from '../../../test/support/order.ts';
import { decimal, formatDecimal, ONE } from '../decimal.ts';
import { bookFill, openBook } from './book.ts';

const amount = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const NOBODY = ['paper', 'strategy', 'binance:BTC-USDT'] as const;

/** Prices and quantities are scaled by ONE, and so is the fee: exact products are scaled by ONE³, cash by ONE. */
it('rounds against whoever trades: a fill never leaves more cash than exact arithmetic would, nor a unit less', () => {
  fc.assert(
    fc.property(
      amount(1000n, 10n ** 18n),
      amount(1n, 10n ** 16n),
      fc.integer({ min: 0, max: 10_000 }).map((n) => BigInt(n) * 10n ** 7n),
      fc.constantFrom('BUY' as const, 'SELL' as const),
      (price, quantity, fee, side) => {
        const terms = {
          side,
          quantity: formatDecimal(quantity),
          quoteQuantity: null,
          feeRate: formatDecimal(fee),
        };
        const outcome = fillAtPrint(anOrder(1, terms), { price, tradeId: '1', timeMs: 1 });
        if (outcome.kind !== 'filled') throw new Error(outcome.reason);
        const change = decimal(outcome.fill.cashChange) * ONE * ONE;
        const exact = price * quantity * (side === 'BUY' ? -ONE - fee : ONE - fee);
        expect(change).toBeLessThanOrEqual(exact);
        expect(exact - change).toBeLessThan(ONE * ONE);
      },
    ),
  );
});

it('loses nothing of what a position cost when it is sold in parts: the last takes what rounding left', () => {
  fc.assert(
    fc.property(amount(3n, 10n ** 15n), fc.array(amount(1n, 10n ** 15n), { maxLength: 5 }), (held, parts) => {
      const fillOf = (side: 'BUY' | 'SELL', quantity: bigint, price: bigint) => {
        const terms = { side, quantity: formatDecimal(quantity), quoteQuantity: null };
        const outcome = fillAtPrint(anOrder(1, terms), { price, tradeId: '1', timeMs: 1 });
        if (outcome.kind !== 'filled') throw new Error(outcome.reason);
        return outcome.fill;
      };
      let book = openBook(...NOBODY, 10n ** 30n);
      let cost = 0n;
      const take = (fill: ReturnType<typeof fillOf>): void => {
        const outcome = bookFill(book, fill);
        if (outcome.kind !== 'booked') throw new Error(outcome.reason);
        book = outcome.book;
        cost += outcome.roundTrip?.cost ?? 0n;
      };
      const bought = fillOf('BUY', held, 7_000_000_000_001n);
      take(bought);
      for (const part of parts) if (part < book.quantity) take(fillOf('SELL', part, 9n * ONE));
      take(fillOf('SELL', book.quantity, 9n * ONE));
      expect(cost).toBe(-decimal(bought.cashChange));
      expect([book.quantity, book.cost]).toEqual([0n, 0n]);
    }),
  );
});
