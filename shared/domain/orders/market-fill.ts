import { ONE, decimal, formatDecimal, multiply, type Decimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { unitedFlags, type Flagged } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { Fill, Order } from './order.ts';

export type FillOutcome =
  { readonly kind: 'filled'; readonly fill: Fill } | { readonly kind: 'rejected'; readonly reason: string };

/** The print that a market order meets. */
export interface Print extends Flagged {
  readonly price: Decimal;
  /** '' where history has candles only. */
  readonly tradeId: string;
  readonly timeMs: number;
}

/**
 * Fills a whole market order at one print. Slippage moves the price against us; a buy by amount spends at most
 * its `quoteQuantity`, fee included: quantity = amount ÷ (price × (1 + fee)), rounded down, so cash never goes below zero.
 */
export function fillMarketOrder(order: Order, print: Print): FillOutcome {
  const feeRate = decimal(order.feeRate);
  const price = slippedPrice(print.price, order.side, decimal(order.slippage));
  if (price <= 0n) return { kind: 'rejected', reason: 'slippage leaves no price' };
  const quantity = filledQuantity(order, price, feeRate);
  if (quantity <= 0n) return { kind: 'rejected', reason: 'amount is too small for any quantity' };
  const notional = multiply(price, quantity);
  const cashChange =
    order.side === 'BUY' ? -costOf(price, quantity, feeRate) : proceedsOf(price, quantity, feeRate);
  const fee = order.side === 'BUY' ? -cashChange - notional : notional - cashChange;
  return {
    kind: 'filled',
    fill: {
      fillId: deterministicId('fill', order.clientOrderId, print.tradeId, print.timeMs, 0),
      clientOrderId: order.clientOrderId,
      accountId: order.accountId,
      strategyId: order.strategyId,
      instrumentId: order.instrumentId,
      side: order.side,
      price: formatDecimal(price),
      quantity: formatDecimal(quantity),
      notional: formatDecimal(notional),
      fee: formatDecimal(fee),
      cashChange: formatDecimal(cashChange),
      tradeId: print.tradeId,
      timeMs: print.timeMs,
      ...unitedFlags(order, print),
    },
  };
}

function slippedPrice(price: Decimal, side: Side, slippage: Decimal): Decimal {
  return side === 'BUY' ? multiply(price, ONE + slippage) : multiply(price, ONE - slippage);
}

function filledQuantity(order: Order, price: Decimal, feeRate: Decimal): Decimal {
  if (order.quantity !== null) return decimal(order.quantity);
  if (order.quoteQuantity === null) return 0n;
  // (amount × 10²⁴) ÷ (price × (1 + fee)): one rounding, at the end.
  return (decimal(order.quoteQuantity) * ONE * ONE) / (price * (ONE + feeRate));
}

/** Rounded up, so that what is left of the cash is rounded down. */
function costOf(price: Decimal, quantity: Decimal, feeRate: Decimal): Decimal {
  const exact = price * quantity * (ONE + feeRate);
  const scale = ONE * ONE;
  return (exact + scale - 1n) / scale;
}

function proceedsOf(price: Decimal, quantity: Decimal, feeRate: Decimal): Decimal {
  return (price * quantity * (ONE - feeRate)) / (ONE * ONE);
}
