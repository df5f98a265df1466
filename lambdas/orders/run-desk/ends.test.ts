import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFill, anOrder } from '../../../test/support/order.ts';
import {
  busEvent,
  invocation,
  tradingPorts,
  type TradingPorts,
} from '../../../test/support/trading-ports.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import type { PositionView } from '../../../shared/contracts/events.ts';
import { orderKey, reservationKey } from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { orderWrite } from '../../../shared/runtime/order-items.ts';
import { createHandler } from './handler.ts';

const order = anOrder(1, { status: 'SUBMITTED' });
const fill = aFill(1);
const position: PositionView = {
  accountId: 'paper',
  strategyId: order.strategyId,
  instrumentId: order.instrumentId,
  quantity: '1',
  cash: '0',
  cost: '100.1',
  realizedProfit: '0',
  feesPaid: '0.1',
  fills: 1,
  entryTimeMs: 1000,
  entryPrice: '100',
};

describe('track-order', () => {
  let ports: TradingPorts;
  let handler: ReturnType<typeof createHandler>;

  beforeEach(async () => {
    ports = tradingPorts();
    handler = createHandler(ports);
    await ports.state.write(orderWrite(order, { kind: 'absent' }));
    await reserve(order.clientOrderId);
  });

  async function reserve(clientOrderId: string, waiting?: Signal): Promise<void> {
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...reservationKey(order.strategyId),
      value: { clientOrderId, ...(waiting === undefined ? {} : { waiting }) },
      condition: { kind: 'none' },
    });
  }

  const stored = async () =>
    (await ports.state.get<OrderRecord>('orders', orderKey(order.clientOrderId)))?.value;
  const reservation = async () => ports.state.get('orders', reservationKey(order.strategyId));
  const filled = async () => handler(busEvent('PortfolioChangedV1', { fill, position }), invocation);
  const report = {
    clientOrderId: order.clientOrderId,
    strategyId: order.strategyId,
    reason: 'no trade',
    timeMs: 1,
  };

  it('marks an order filled once its fill is in the ledger, and frees the reservation', async () => {
    await filled();
    expect(await stored()).toMatchObject({ status: 'FILLED', filledQuantity: '1', averagePrice: '100' });
    expect(await reservation()).toBeNull();
    expect(ports.told('OrderChangedV1')).toMatchObject([{ order: { status: 'FILLED' } }]);
  });

  it('raises the signal again that waited for the fill, and not when there is none', async () => {
    const waiting = signalOf(
      aStrategy(),
      { openTimeMs: 60_000, close: '100' },
      { side: 'SELL', reason: 'test' },
    );
    await reserve(order.clientOrderId, waiting);
    await filled();
    expect(ports.told('SignalRaisedV1')).toEqual([{ signal: waiting, resumedAtMs: fill.timeMs }]);
    const other = anOrder(2, { status: 'SUBMITTED' });
    await ports.state.write(orderWrite(other, { kind: 'absent' }));
    await reserve(other.clientOrderId, waiting);
    const { clientOrderId } = other;
    await handler(busEvent('OrderExpiredV1', { ...report, clientOrderId }), invocation);
    expect(await reservation()).toBeNull();
    expect(ports.told('SignalRaisedV1')).toHaveLength(1);
  });

  it('tells of it once, also after a crash before the telling', async () => {
    ports.breakBus(true);
    await expect(filled()).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    await filled();
    await filled();
    expect(ports.told('OrderChangedV1')).toHaveLength(1);
  });

  it.each([
    ['OrderExpiredV1', 'EXPIRED'],
    ['OrderRejectedV1', 'REJECTED'],
  ] as const)('takes %s for its end', async (detailType, status) => {
    await handler(busEvent(detailType, report), invocation);
    expect(await stored()).toMatchObject({ status, statusReason: 'no trade' });
    expect(await reservation()).toBeNull();
  });

  it('leaves the reservation of another order alone', async () => {
    await reserve('another');
    await filled();
    expect((await reservation())?.value).toEqual({ clientOrderId: 'another' });
  });

  it('keeps an end state when a report comes late', async () => {
    await handler(busEvent('OrderExpiredV1', report), invocation);
    await filled();
    expect(await stored()).toMatchObject({ status: 'EXPIRED' });
  });
});
