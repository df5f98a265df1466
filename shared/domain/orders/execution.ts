import { ONE, multiply, type Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';

/** The arithmetic of a fill. */
export interface Execution {
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** price × quantity, rounded down. */
  readonly notional: Decimal;
  readonly fee: Decimal;
  /** ±notional − fee, exactly. */
  readonly cashChange: Decimal;
}

export function executionOf(side: Side, price: Decimal, quantity: Decimal, feeRate: Decimal): Execution {
  const notional = multiply(price, quantity);
  if (side === 'BUY') {
    const cost = costOf(price, quantity, feeRate);
    return { price, quantity, notional, fee: cost - notional, cashChange: -cost };
  }
  const cashChange = proceedsOf(price, quantity, feeRate);
  return { price, quantity, notional, fee: notional - cashChange, cashChange };
}

/** What an amount buys, fee included: amount ÷ (price × (1 + fee)), rounded once, down, so that cash never goes below zero. */
export function quantityFor(amount: Decimal, price: Decimal, feeRate: Decimal): Decimal {
  return (amount * ONE * ONE) / (price * (ONE + feeRate));
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
