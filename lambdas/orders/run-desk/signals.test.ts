import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../../test/support/strategy.ts';
import { tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import {
  bookKey,
  decidedKey,
  killSwitchKey,
  limitsKey,
  orderKey,
  reservationKey,
  statesKey,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { checkSignal } from './check-signal.ts';

const instance = aStrategy({ latencyMs: 0 });
const signalAt = (openTimeMs: number, side: Signal['side'] = 'BUY') =>
  signalOf(instance, { openTimeMs, close: '100' }, { side, reason: 'test' });

describe('a signal at the desk', () => {
  let ports: TradingPorts;
  let check: (signal: Signal, resumedAtMs?: number) => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    check = async (signal, resumedAtMs) => {
      await checkSignal(ports, { kind: 'signal', signal, resumedAtMs });
    };
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

  it('makes no second order while one is in flight that comes to the same', async () => {
    await check(signalAt(60_000));
    await check(signalAt(120_000));
    expect(await orderOf(signalAt(120_000))).toBeUndefined();
    expect(queued()).toHaveLength(1);
  });

  const reservation = async () =>
    (await ports.state.get<ReservationRecord>('orders', reservationKey(instance.strategyId)))?.value;
  /** The order in flight has filled, and its fill is booked. */
  const fillAll = async (): Promise<void> => {
    const { value, index } = (await ports.state.get<BookRecord>('portfolio', bookKey(instance.strategyId)))!;
    const book: BookRecord = { ...value, quantity: '5', cash: '0', entryTimeMs: 1, entryPrice: '1' };
    await ports.state.transact([
      {
        kind: 'put',
        table: 'portfolio',
        ...bookKey(instance.strategyId),
        value: book,
        condition: { kind: 'none' },
        index: index!,
      },
      {
        kind: 'delete',
        table: 'orders',
        ...reservationKey(instance.strategyId),
        condition: { kind: 'none' },
      },
    ]);
  };

  it('lets a sale wait for the purchase in flight, and makes it when that has filled, once', async () => {
    const sale = signalAt(120_000, 'SELL');
    await check(signalAt(60_000));
    await check(sale);
    await check(sale);
    expect(await reservation()).toMatchObject({ waiting: { signalId: sale.signalId } });
    expect(await orderOf(sale)).toBeUndefined();
    await fillAll();
    await check(sale);
    expect(await orderOf(sale)).toBeUndefined();
    await check(sale, 185_500);
    await check(sale, 185_500);
    expect(await orderOf(sale)).toMatchObject({
      status: 'INITIALIZED',
      quantity: '5',
      effectiveTimeMs: 186_000,
    });
    expect(queued()).toHaveLength(2);
  });

  it('lets the newest advice count, of the signals that come while an order is in flight', async () => {
    await check(signalAt(60_000));
    await check(signalAt(120_000, 'SELL'));
    await check(signalAt(180_000));
    await check(signalAt(120_000, 'SELL'));
    expect(await reservation()).toEqual({ clientOrderId: clientOrderIdOf(signalAt(60_000)) });
    await fillAll();
    await check(signalAt(120_000, 'SELL'), 185_500);
    expect(await orderOf(signalAt(120_000, 'SELL'))).toBeUndefined();
  });

  it('does not act upon a signal that is told of again when the position is another', async () => {
    await check(signalAt(60_000, 'SELL'));
    await check(signalAt(120_000));
    await fillAll();
    await check(signalAt(60_000, 'SELL'));
    expect(await orderOf(signalAt(60_000, 'SELL'))).toBeUndefined();
    expect(queued()).toHaveLength(1);
  });

  it('keeps the newest signal decided upon, though an older one is decided at the same time', async () => {
    const { transact } = ports.state;
    // Neither needs an order: what was decided is all that is written.
    ports.state.transact = async (writes) => {
      ports.state.transact = transact;
      await check(signalAt(120_000, 'SELL'));
      return transact.call(ports.state, writes);
    };
    await check(signalAt(60_000, 'SELL'));
    expect((await ports.state.get('orders', decidedKey(instance.strategyId)))?.value).toMatchObject({
      candleOpenTimeMs: 120_000,
    });
  });

  it('decides anew when the fill is booked while it decides', async () => {
    const sale = signalAt(120_000, 'SELL');
    await check(signalAt(60_000));
    const { get } = ports.state;
    // The book is read before the fill, the reservation after it.
    ports.state.get = async (table, key) => {
      if (key.sk !== 'RESERVATION') return get.call(ports.state, table, key) as never;
      ports.state.get = get;
      await fillAll();
      return get.call(ports.state, table, key) as never;
    };
    await check(sale);
    expect(await orderOf(sale)).toMatchObject({ status: 'INITIALIZED', quantity: '5' });
  });

  it.each([
    ['the risk limits', limitsKey('paper'), 'the risk limits cannot be read'],
    ['the kill switch', killSwitchKey('paper'), 'the kill switch cannot be read'],
    ['the trading states', statesKey('paper'), 'the trading states cannot be read'],
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
