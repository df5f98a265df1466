/** What an instance wants of its position is pursued until it is reached, over the functions that take part in that. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { endedReport } from '../../../test/support/report.ts';
import { storedCandle } from '../../../test/support/stored-candle.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import {
  busEvent,
  invocation,
  tradingPorts,
  type TradingPorts,
} from '../../../test/support/trading-ports.ts';
import type { RaisedSignal } from '../../../shared/contracts/desk-messages.ts';
import { candleViewOf } from '../../../shared/contracts/lane-candles.ts';
import {
  bookKey,
  decidedKey,
  definitionKey,
  killSwitchKey,
  ordersPartition,
  reservationKey,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, DecidedRecord, OrderRecord } from '../../../shared/contracts/records.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { createHandler as evaluateStrategies } from '../../signals/evaluate-strategies/handler.ts';
import { createHandler as submitOrder } from '../submit-order/handler.ts';
import { applyReport } from './apply-report.ts';
import { checkSignal } from './check-signal.ts';

const MINUTE = 60_000;
const asked = { latencyMs: 0, interval: '1m' } as const;
const instance = aStrategy({ ...asked, params: { fastPeriod: 5, slowPeriod: 20 } });
const { strategyId } = instance;
const signalAt = (minute: number, side: Signal['side']) =>
  signalOf(instance, { openTimeMs: minute * MINUTE, close: '100' }, { side, reason: 'test' });

describe('a target', () => {
  let ports: TradingPorts;
  let told = 0;

  beforeEach(async () => {
    ports = tradingPorts();
    told = 0;
    await createStrategy(ports.state, instance, 0);
  });

  async function decide(raised: Omit<RaisedSignal, 'kind'>): Promise<void> {
    await checkSignal(ports, { kind: 'signal', ...raised });
  }
  const raise = async (signal: Signal): Promise<void> => decide({ signal });

  /** The desk: what was raised since the last look is decided upon. */
  async function settle(): Promise<void> {
    for (let raised = ports.raised(); told < raised.length; raised = ports.raised())
      await decide(raised[told++]!);
  }

  /** A candle closes that brings no advice. */
  async function close(minute: number, price = '90'): Promise<void> {
    ports.clock.timeMs = (minute + 1) * MINUTE;
    const candle = {
      ...candleViewOf(storedCandle(minute * MINUTE, price)),
      ...{ interval: '1m' as const, previousOpenTimeMs: null },
    };
    await evaluateStrategies(ports)(busEvent('CandlesClosedV1', { candles: [candle] }), invocation);
    await settle();
  }

  async function holdPosition(): Promise<void> {
    const item = (await ports.state.get<BookRecord>('portfolio', bookKey(strategyId)))!;
    const value: BookRecord = { ...item.value, quantity: '5', cash: '0', entryTimeMs: 1, entryPrice: '1' };
    const condition = { kind: 'none' } as const;
    await ports.state.write({
      kind: 'put',
      table: 'portfolio',
      ...bookKey(strategyId),
      value,
      condition,
      index: item.index!,
    });
  }

  async function setKillSwitch(engaged: boolean): Promise<void> {
    const value = { engaged, reason: 'test', by: 'test', atMs: 0 };
    const condition = { kind: 'none' } as const;
    await ports.state.write({ kind: 'put', table: 'orders', ...killSwitchKey('paper'), value, condition });
  }

  async function submit(clientOrderId: string): Promise<void> {
    const attributes = { MessageGroupId: strategyId };
    const body = JSON.stringify({ clientOrderId });
    await submitOrder(ports)({ Records: [{ messageId: '1', body, attributes }] } as SQSEvent, invocation);
  }

  async function reject(clientOrderId: string, timeMs: number): Promise<void> {
    const identity = { ...instance, clientOrderId };
    await applyReport(ports, endedReport(identity, 'rejected', { timeMs, reason: 'over 200 open orders' }));
    await settle();
  }

  async function orders(): Promise<(readonly [side: string, status: string, effectiveTimeMs: number])[]> {
    const page = await ports.state.queryIndex<OrderRecord>('orders', ordersPartition('paper'), { limit: 50 });
    return page.items.map(({ value: o }) => [o.side, o.status, o.effectiveTimeMs]);
  }

  const target = async () =>
    (await ports.state.get<DecidedRecord>('orders', decidedKey(strategyId)))?.value.target;

  it('that a kill switch held is sold at the next candle once it is lifted, and one order tells of the wait', async () => {
    await holdPosition();
    await setKillSwitch(true);
    const sale = signalAt(1, 'SELL');
    await raise(sale);
    await close(2);
    await close(3);
    expect(await orders()).toEqual([['SELL', 'DENIED', 120_000]]);
    expect(await target()).toMatchObject({ orders: 1, failures: 0, heldBy: 'the kill switch is engaged' });
    await setKillSwitch(false);
    await close(4);
    expect(await orders()).toEqual([
      ['SELL', 'DENIED', 120_000],
      ['SELL', 'INITIALIZED', 300_000],
    ]);
    expect(await ports.state.get('orders', reservationKey(strategyId))).toMatchObject({
      value: { clientOrderId: clientOrderIdOf(sale, 1) },
    });
    await close(5);
    expect(await orders()).toHaveLength(2);
  });

  it('is not tried again at its own candle, however often that is told of', async () => {
    await holdPosition();
    await setKillSwitch(true);
    await raise(signalAt(1, 'SELL'));
    await setKillSwitch(false);
    await close(1);
    await close(0);
    expect(await orders()).toEqual([['SELL', 'DENIED', 120_000]]);
  });

  it('whose order is stopped on its way to the venue is tried again', async () => {
    await holdPosition();
    const sale = signalAt(1, 'SELL');
    await raise(sale);
    await setKillSwitch(true);
    await submit(clientOrderIdOf(sale));
    await close(2);
    // It says nothing new that the switch is engaged still.
    expect((await orders()).map(([, status]) => status)).toEqual(['DENIED']);
    await setKillSwitch(false);
    await close(3);
    expect((await orders()).map(([, status]) => status)).toEqual(['DENIED', 'INITIALIZED']);
  });

  it('whose order is rejected is tried again at once, then at a candle behind a pause', async () => {
    await holdPosition();
    const sale = signalAt(1, 'SELL');
    await raise(sale);
    await submit(clientOrderIdOf(sale));
    await reject(clientOrderIdOf(sale), 121_500);
    expect(await orders()).toEqual([
      ['SELL', 'REJECTED', 120_000],
      ['SELL', 'INITIALIZED', 122_000],
    ]);
    await submit(clientOrderIdOf(sale, 1));
    await reject(clientOrderIdOf(sale, 1), 122_000);
    expect(await orders()).toHaveLength(2);
    const raised = ports.raised().length;
    await close(2);
    expect(ports.raised()).toHaveLength(raised);
    await close(3);
    expect((await orders()).at(-1)).toEqual(['SELL', 'INITIALIZED', 240_000]);
    expect(await target()).toMatchObject({ orders: 3, failures: 2, heldBy: null });
  });

  it('is pursued once though each function is told of everything twice', async () => {
    await holdPosition();
    const sale = signalAt(1, 'SELL');
    for (let n = 0; n < 2; n++) await raise(sale);
    await submit(clientOrderIdOf(sale));
    for (let n = 0; n < 2; n++) await reject(clientOrderIdOf(sale), 121_500);
    for (let n = 0; n < 2; n++) for (told = 0; told < ports.raised().length;) await settle();
    await raise(sale);
    expect(await orders()).toHaveLength(2);
  });

  it('sends what a crash left pending when the signal is told of again', async () => {
    await holdPosition();
    await setKillSwitch(true);
    await raise(signalAt(1, 'SELL'));
    await setKillSwitch(false);
    ports.clock.timeMs = 180_000;
    const again = { signal: { ...signalAt(1, 'SELL'), candleCloseTimeMs: 180_000 }, againAtMs: 180_000 };
    const check = async () => decide(again);
    ports.breakBus(true);
    await expect(check()).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    expect(ports.queues.receive('orders-urgent', 10, 0)).toEqual([]);
    await check();
    expect(ports.queues.receive('orders-urgent', 10, 0)).toHaveLength(1);
  });

  it('to buy lapses when its advice has become too old', async () => {
    await setKillSwitch(true);
    await raise(signalAt(1, 'BUY'));
    await close(5);
    expect(await target()).toMatchObject({ heldBy: 'the kill switch is engaged' });
    await close(7);
    expect(await target()).toBeUndefined();
    await setKillSwitch(false);
    await close(8);
    expect((await orders()).map(([, status]) => status)).toEqual(['DENIED']);
  });

  it('waits for a purchase whose fill is booked and that is not known to have ended', async () => {
    await raise(signalAt(1, 'BUY'));
    await holdPosition();
    const sale = signalAt(2, 'SELL');
    await raise(sale);
    expect(await ports.state.get('orders', reservationKey(strategyId))).toMatchObject({
      value: { waiting: { signalId: sale.signalId } },
    });
  });

  it('is tried again at the newest candle alone, of those that close together after a pause', async () => {
    await holdPosition();
    await setKillSwitch(true);
    await raise(signalAt(1, 'SELL'));
    await setKillSwitch(false);
    const candles = [2, 3, 4].map((minute) => ({
      ...candleViewOf(storedCandle(minute * MINUTE, '90')),
      ...{ interval: '1m' as const, previousOpenTimeMs: null },
    }));
    await evaluateStrategies(ports)(busEvent('CandlesClosedV1', { candles }), invocation);
    expect(ports.raised().map(({ againAtMs }) => againAtMs)).toEqual([300_000]);
  });

  it('of an instance that does not run is left alone', async () => {
    await holdPosition();
    await setKillSwitch(true);
    await raise(signalAt(1, 'SELL'));
    await setKillSwitch(false);
    const definition = { table: 'signals', ...definitionKey(strategyId) } as const;
    const paused = { ...instance, status: 'PAUSED' };
    await ports.state.write({ kind: 'put', ...definition, value: paused, condition: { kind: 'none' } });
    await createStrategy(ports.state, aStrategy({ ...asked, params: { fastPeriod: 4, slowPeriod: 9 } }), 0);
    await close(2);
    expect(await orders()).toHaveLength(1);
  });

  it('is another one as soon as there is newer advice', async () => {
    await setKillSwitch(true);
    await raise(signalAt(1, 'BUY'));
    await raise(signalAt(2, 'SELL'));
    expect(await target()).toBeUndefined();
    await setKillSwitch(false);
    await close(3);
    expect((await orders()).map(([side, status]) => [side, status])).toEqual([['BUY', 'DENIED']]);
  });
});
