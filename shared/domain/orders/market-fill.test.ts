import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillAtPrint } from '../../../test/support/fill-at-print.ts';
import { decimal, formatDecimal, ONE } from '../decimal.ts';
import type { Fill, Order } from './order.ts';

function order(over: Partial<Order>): Order {
  return {
    clientOrderId: '00000000-0000-5000-8000-000000000001',
    signalId: '00000000-0000-5000-8000-000000000002',
    accountId: 'paper',
    strategyId: '00000000-0000-5000-8000-000000000003',
    instrumentId: 'binance:BTC-USDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: null,
    quoteQuantity: null,
    feeRate: '0.001',
    slippage: '0',
    effectiveTimeMs: 0,
    expiresAtMs: 60_000,
    ...over,
  };
}

const print = (price: bigint) => ({ price, tradeId: '7', timeMs: 1000 });

function filled(asked: Order, price: bigint): Fill {
  const outcome = fillAtPrint(asked, print(price));
  if (outcome.kind !== 'filled') throw new Error(outcome.reason);
  return outcome.fill;
}

const price = fc.bigInt({ min: 1000n, max: 10n ** 18n });
const cash = fc.bigInt({ min: ONE, max: 10n ** 20n });
const feeRate = fc.integer({ min: 0, max: 10_000 }).map((n) => formatDecimal(BigInt(n) * 10n ** 7n));

describe('a market order', () => {
  it('by amount never spends more than the amount, nor leaves more than rounding behind', () => {
    fc.assert(
      fc.property(price, cash, feeRate, (at, amount, fee) => {
        const fill = filled(order({ quoteQuantity: formatDecimal(amount), feeRate: fee }), at);
        const spent = -decimal(fill.cashChange);
        expect(spent).toBeLessThanOrEqual(amount);
        // One unit in the last place of quantity costs this much; what is left cannot buy another.
        const lastUnit = (at * (ONE + decimal(fee))) / (ONE * ONE) + 2n;
        expect(amount - spent).toBeLessThanOrEqual(lastUnit);
      }),
    );
  });

  it('accounts for every part of the cash: notional and fee, to the last digit', () => {
    fc.assert(
      fc.property(
        price,
        cash,
        feeRate,
        fc.constantFrom('BUY' as const, 'SELL' as const),
        (at, amount, fee, side) => {
          const fill = filled(order({ side, quantity: formatDecimal(amount), feeRate: fee }), at);
          const signed = side === 'BUY' ? -decimal(fill.notional) : decimal(fill.notional);
          expect(decimal(fill.cashChange)).toBe(signed - decimal(fill.fee));
          expect(decimal(fill.fee)).toBeGreaterThanOrEqual(0n);
        },
      ),
    );
  });

  it('pays slippage on either side', () => {
    expect(filled(order({ quantity: '1', slippage: '0.01' }), decimal('100')).price).toBe('101');
    expect(filled(order({ side: 'SELL', quantity: '1', slippage: '0.01' }), decimal('100')).price).toBe('99');
  });

  it('is known by its order and the print that it met', () => {
    const asked = order({ quantity: '1' });
    expect(filled(asked, ONE).fillId).toBe(filled(asked, ONE).fillId);
    expect(filled(asked, ONE).fillId).not.toBe(
      filled({ ...asked, clientOrderId: asked.signalId }, ONE).fillId,
    );
  });

  it('is rejected when its amount buys nothing', () => {
    const outcome = fillAtPrint(order({ quoteQuantity: '0.000000000001' }), print(decimal('60000')));
    expect(outcome).toEqual({ kind: 'rejected', reason: 'amount is too small for any quantity' });
  });
});
