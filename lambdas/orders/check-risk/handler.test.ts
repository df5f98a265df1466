import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../../test/support/strategy.ts';
import {
  busEvent,
  invocation,
  tradingPorts,
  type TradingPorts,
} from '../../../test/support/trading-ports.ts';
import { killSwitchKey, limitsKey, orderKey, reservationKey } from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { createHandler } from './handler.ts';

const instance = aStrategy({ latencyMs: 0 });
const signalAt = (openTimeMs: number, side: Signal['side'] = 'BUY') =>
  signalOf(instance, openTimeMs, '100', { side, reason: 'test' });

describe('check-risk', () => {
  let ports: TradingPorts;
  let check: (signal: Signal) => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    const handler = createHandler(ports);
    check = async (signal) => handler(busEvent('SignalRaisedV1', { signal }), invocation);
    await createStrategy(ports.state, instance, 0);
  });

  const orderOf = async (signal: Signal) =>
    (await ports.state.get<OrderRecord>('orders', orderKey(clientOrderIdOf(signal))))?.value;
  const queued = () => [
    ...ports.queues.receive('orders-standard', 10, 0),
    ...ports.queues.receive('orders-urgent', 10, 0),
  ];

  it('commits the order with its reservation, and sends it to be submitted', async () => {
    const signal = signalAt(60_000);
    await check(signal);
    expect(await orderOf(signal)).toMatchObject({
      status: 'INITIALIZED',
      quoteQuantity: '10000',
      effectiveTimeMs: 120_000,
    });
    expect((await ports.state.get('orders', reservationKey(instance.strategyId)))?.value).toEqual({
      clientOrderId: clientOrderIdOf(signal),
    });
    expect(queued()).toMatchObject([
      { groupId: instance.strategyId, body: JSON.stringify({ clientOrderId: clientOrderIdOf(signal) }) },
    ]);
    expect(ports.told('OrderChangedV1')).toMatchObject([{ order: { status: 'INITIALIZED' } }]);
  });

  it('makes one order of a signal that is delivered twice', async () => {
    await check(signalAt(60_000));
    await check(signalAt(60_000));
    expect(queued()).toHaveLength(1);
    expect(ports.told('OrderChangedV1')).toHaveLength(1);
  });

  it('sends what a crash left pending when the signal comes again', async () => {
    ports.breakBus(true);
    await expect(check(signalAt(60_000))).rejects.toThrow('the bus is away');
    expect(queued()).toEqual([]);
    ports.breakBus(false);
    await check(signalAt(60_000));
    expect(queued()).toHaveLength(1);
    expect(ports.told('OrderChangedV1')).toHaveLength(1);
  });

  it('denies a second order while one is in flight, and says why', async () => {
    await check(signalAt(60_000));
    await check(signalAt(120_000));
    expect(await orderOf(signalAt(120_000))).toMatchObject({
      status: 'DENIED',
      statusReason: 'an order of this strategy is still in flight',
    });
    expect(queued()).toHaveLength(1);
  });

  it.each([
    ['the risk limits', limitsKey('paper'), 'the risk limits cannot be read'],
    ['the kill switch', killSwitchKey('paper'), 'the kill switch cannot be read'],
  ])('fails closed when %s are damaged', async (_, key, reason) => {
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...key,
      value: { engaged: 'perhaps' },
      condition: { kind: 'none' },
    });
    await check(signalAt(60_000));
    expect(await orderOf(signalAt(60_000))).toMatchObject({ status: 'DENIED', statusReason: reason });
    expect(queued()).toEqual([]);
  });

  it('makes no order of a sale when there is nothing to sell, nor for a strategy that is gone', async () => {
    await check(signalAt(60_000, 'SELL'));
    await check({ ...signalAt(60_000), strategyId: crypto.randomUUID() });
    expect(ports.published).toEqual([]);
  });
});
