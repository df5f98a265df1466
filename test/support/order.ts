import type { OrderRecord } from '../../shared/contracts/records.ts';
import { deterministicId } from '../../shared/domain/ids.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';

/** The n-th order of a strategy, effective n seconds after the epoch. */
export function anOrder(n: number, fields: Partial<OrderRecord> = {}): OrderRecord {
  return {
    clientOrderId: deterministicId('test-order', n),
    signalId: deterministicId('test-signal', n),
    accountId: 'paper',
    strategyId: deterministicId('test-strategy', 0),
    instrumentId: 'binance:BTC-USDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: null,
    quoteQuantity: '100',
    feeRate: '0.001',
    slippage: '0',
    effectiveTimeMs: n * 1000,
    expiresAtMs: n * 1000 + 60_000,
    status: 'SUBMITTED',
    statusReason: null,
    filledQuantity: '0',
    averagePrice: null,
    ...fields,
  };
}

/** The fill of the n-th order. */
export function aFill(n: number, fields: Partial<Fill> = {}): Fill {
  const { clientOrderId, accountId, strategyId, instrumentId, side } = anOrder(n);
  return {
    fillId: deterministicId('test-fill', n),
    clientOrderId,
    accountId,
    strategyId,
    instrumentId,
    side,
    price: '100',
    quantity: '1',
    notional: '100',
    fee: '0.1',
    cashChange: '-100.1',
    tradeId: String(n),
    timeMs: n * 1000,
    ...fields,
  };
}
