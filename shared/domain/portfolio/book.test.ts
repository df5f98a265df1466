import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillAtPrint } from '../../../test/support/fill-at-print.ts';
import { decimal, formatDecimal, ONE } from '../decimal.ts';
import type { Fill, Order } from '../orders/order.ts';
import type { QualityFlag } from '../market-data/quality-flags.ts';
import { bookFill, equityOf, openBook, type Book } from './book.ts';

const CAPITAL = decimal('10000');
const empty = (): Book => openBook('paper', 'strategy', 'binance:BTC-USDT', CAPITAL);

function fillAt(side: Order['side'], quantity: bigint, price: bigint): Fill {
  const order: Order = {
    clientOrderId: 'order',
    signalId: 'signal',
    accountId: 'paper',
    strategyId: 'strategy',
    instrumentId: 'binance:BTC-USDT',
    side,
    type: 'MARKET',
    quantity: formatDecimal(quantity),
    quoteQuantity: null,
    feeRate: '0.001',
    slippage: '0',
    effectiveTimeMs: 0,
    expiresAtMs: 1,
  };
  const outcome = fillAtPrint(order, { price, tradeId: '1', timeMs: 0 });
  if (outcome.kind !== 'filled') throw new Error(outcome.reason);
  return outcome.fill;
}

function booked(book: Book, fill: Fill): Book {
  const outcome = bookFill(book, fill);
  if (outcome.kind !== 'booked') throw new Error(outcome.reason);
  return outcome.book;
}

describe('the ledger', () => {
  it('says what of it rests on flagged data: of an open position, of fills, and of what they made', () => {
    const flagged = (fill: Fill, ...flags: QualityFlag[]): Fill => ({ ...fill, flags });
    const bought = booked(empty(), flagged(fillAt('BUY', ONE, 100n * ONE), 'spike'));
    expect(bought).toMatchObject({ flags: ['spike'], flaggedFills: 1, flaggedProfit: 0n });
    const sale = bookFill(bought, flagged(fillAt('SELL', ONE, 90n * ONE), 'gap'));
    if (sale.kind !== 'booked') throw new Error(sale.reason);
    expect(sale.roundTrip).toMatchObject({ flags: ['gap', 'spike'] });
    expect(sale.book).not.toHaveProperty('flags');
    expect(sale.book).toMatchObject({ flaggedFills: 2, flaggedProfit: sale.roundTrip!.profit });
    // What comes behind it is no worse for it.
    const after = bookFill(booked(sale.book, fillAt('BUY', ONE, 90n * ONE)), fillAt('SELL', ONE, 95n * ONE));
    if (after.kind !== 'booked') throw new Error(after.reason);
    expect(after.roundTrip).not.toHaveProperty('flags');
    expect(after.book).toMatchObject({ fills: 4, flaggedFills: 2, flaggedProfit: sale.roundTrip!.profit });
  });

  it('conserves cash: what is there is the capital and all the fills’ changes, exactly', () => {
    const step = fc.record({
      buy: fc.boolean(),
      lots: fc.bigInt({ min: 1n, max: ONE / 20n }),
      price: fc.bigInt({ min: ONE, max: 1000n * ONE }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let book = empty();
        let cash = CAPITAL;
        let realized = 0n;
        for (const { buy, lots, price } of steps) {
          const quantity = buy || lots < book.quantity ? lots : book.quantity;
          if (quantity === 0n) continue;
          const fill = fillAt(buy ? 'BUY' : 'SELL', quantity, price);
          const outcome = bookFill(book, fill);
          if (outcome.kind === 'impossible') continue;
          book = outcome.book;
          cash += decimal(fill.cashChange);
          realized += outcome.roundTrip?.profit ?? 0n;
        }
        expect(book.cash).toBe(cash);
        expect(book.realizedProfit).toBe(realized);
        // Capital plus profit is cash plus what the open position cost: nothing comes from nowhere.
        expect(CAPITAL + book.realizedProfit).toBe(book.cash + book.cost);
      }),
    );
  });

  it('closes a round trip with its profit after fees', () => {
    const bought = booked(empty(), fillAt('BUY', ONE, decimal('100')));
    const outcome = bookFill(bought, fillAt('SELL', ONE, decimal('110')));
    expect(outcome).toMatchObject({
      kind: 'booked',
      roundTrip: {
        entryPrice: decimal('100'),
        exitPrice: decimal('110'),
        profit: decimal('9.79'),
        cost: decimal('100.1'),
      },
      book: { quantity: 0n, cost: 0n, entry: null },
    });
  });

  it('refuses to sell what it does not hold and to buy what it cannot pay', () => {
    expect(bookFill(empty(), fillAt('SELL', ONE, ONE))).toMatchObject({ kind: 'impossible' });
    expect(bookFill(empty(), fillAt('BUY', 101n * ONE, decimal('100')))).toMatchObject({
      kind: 'impossible',
    });
  });

  it('marks the position at a price', () => {
    const book = booked(empty(), fillAt('BUY', 2n * ONE, decimal('100')));
    expect(formatDecimal(equityOf(book, decimal('150')))).toBe('10099.8');
  });
});
