import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisStreamRecord, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { anOrder } from '../../../test/support/order.ts';
import { endedReport } from '../../../test/support/report.ts';
import { invocation, tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import {
  killSwitchKey,
  orderKey,
  quarantinePartition,
  reservationKey,
  statesKey,
  venueKey,
} from '../../../shared/contracts/record-keys.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import type { LogRecord } from '../../../shared/adapters/delivery.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { ensureAccount } from '../../../shared/runtime/accounts.ts';
import { orderWrite } from '../../../shared/runtime/order-items.ts';
import { createHandler as matchOrders } from '../match-orders/handler.ts';
import { applyReport } from '../run-desk/apply-report.ts';
import { createHandler } from './handler.ts';

function message(body: string, groupId = 'group', messageId = body): SQSRecord {
  return {
    messageId,
    receiptHandle: '',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: groupId,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  };
}

/** A record of the lane as its readers are given it. */
function laneRecord({ sequence, partitionKey, data, arrivalMs }: LogRecord): KinesisStreamRecord {
  const kinesis = {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    sequenceNumber: String(sequence),
    approximateArrivalTimestamp: arrivalMs / 1000,
    data: Buffer.from(data).toString('base64'),
  };
  return { kinesis } as KinesisStreamRecord;
}

const messageOf = ({ clientOrderId }: OrderRecord, groupId?: string) =>
  message(JSON.stringify({ clientOrderId }), groupId, clientOrderId);

describe('submit-order', () => {
  let ports: TradingPorts;
  let submit: (...messages: SQSRecord[]) => Promise<string[]>;

  beforeEach(async () => {
    ports = tradingPorts();
    const handler = createHandler(ports);
    submit = async (...messages) => {
      const { batchItemFailures }: SQSBatchResponse = await handler({ Records: messages }, invocation);
      return batchItemFailures.map((failure) => failure.itemIdentifier);
    };
    await ensureAccount(ports.state, 'paper', 0);
  });

  async function put(order: OrderRecord): Promise<OrderRecord> {
    await ports.state.write(orderWrite(order, { kind: 'absent' }));
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...reservationKey(order.strategyId),
      value: { clientOrderId: order.clientOrderId },
      condition: { kind: 'none' },
    });
    return order;
  }

  async function engageKillSwitch(): Promise<void> {
    const value = { engaged: true, reason: 'test', by: 'test', atMs: 0 };
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...killSwitchKey('paper'),
      value,
      condition: { kind: 'none' },
    });
  }

  const statusOf = async (order: OrderRecord) =>
    (await ports.state.get<OrderRecord>('orders', orderKey(order.clientOrderId)))?.value;
  const sent = () =>
    ports.streams
      .read('trades', 0, 100, 1e6)
      .map(({ data }) => JSON.parse(Buffer.from(data).toString()) as object);

  it('marks an order submitted and puts it into the lane of its instrument, as it was asked', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    expect(await submit(messageOf(order))).toEqual([]);
    expect(await statusOf(order)).toMatchObject({ status: 'SUBMITTED' });
    const { status: _, statusReason: __, filledQuantity: ___, averagePrice: ____, ...asked } = order;
    expect(sent()).toEqual([{ v: 1, kind: 'order', lane: laneOf(order.instrumentId), order: asked }]);
  });

  it('reads the kill switch again and denies, freeing the reservation', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    await engageKillSwitch();
    await submit(messageOf(order));
    expect(await statusOf(order)).toMatchObject({
      status: 'DENIED',
      statusReason: 'the kill switch is engaged',
    });
    expect(await ports.state.get('orders', reservationKey(order.strategyId))).toBeNull();
    expect(sent()).toEqual([]);
  });

  it('reads the trading states again: HALTED denies, REDUCING lets sales through', async () => {
    const setState = async (state: string): Promise<void> => {
      const one = {
        scope: 'account',
        name: 'paper',
        state,
        reason: 'test',
        by: 'alice',
        atMs: 0,
        untilMs: null,
      };
      const place = { table: 'orders', ...statesKey('paper') } as const;
      await ports.state.write({
        kind: 'put',
        ...place,
        value: { states: [one] },
        condition: { kind: 'none' },
      });
    };
    const sale = { side: 'SELL', status: 'INITIALIZED', quantity: '1', quoteQuantity: null } as const;
    const [purchase, firstSale, secondSale] = await Promise.all([
      put(anOrder(1, { status: 'INITIALIZED' })),
      put(anOrder(2, sale)),
      put(anOrder(3, sale)),
    ]);
    await setState('REDUCING');
    await submit(messageOf(purchase));
    await submit(messageOf(firstSale));
    await setState('HALTED');
    await submit(messageOf(secondSale));
    const ends = await Promise.all([purchase, firstSale, secondSale].map(statusOf));
    expect(ends.map((order) => [order?.status, order?.statusReason])).toEqual([
      ['DENIED', 'account paper is REDUCING by alice: test'],
      ['SUBMITTED', null],
      ['DENIED', 'account paper is HALTED by alice: test'],
    ]);
  });

  it('denies what comes too late, from the dead letters for instance', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    ports.clock.timeMs = order.expiresAtMs + 1;
    await submit(messageOf(order));
    expect(await statusOf(order)).toMatchObject({ status: 'DENIED' });
  });

  it('takes an order for late by the clock of its venue, not by ours', async () => {
    const [behind, ahead] = [-90_000, 90_000].map((venueOffsetMs, n) =>
      anOrder(n, { status: 'INITIALIZED', venueOffsetMs, expiresAtMs: 100_000 }),
    ) as [OrderRecord, OrderRecord];
    await put(behind);
    await put(ahead);
    ports.clock.timeMs = 190_000;
    await submit(messageOf(behind));
    expect(await statusOf(behind)).toMatchObject({ status: 'SUBMITTED' });
    ports.clock.timeMs = 10_001;
    await submit(messageOf(ahead));
    expect(await statusOf(ahead)).toMatchObject({ status: 'DENIED' });
  });

  it('asks the venue before it sends an order again', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    await submit(messageOf(order));
    await submit(messageOf(order));
    expect(sent()).toHaveLength(2);
    const state = {
      openOrders: [],
      recentOrders: { [order.clientOrderId]: order.expiresAtMs },
      lastTrades: {},
    };
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...venueKey(laneOf(order.instrumentId)),
      value: { lastSequence: '2', state },
      condition: { kind: 'none' },
    });
    await submit(messageOf(order));
    expect(sent()).toHaveLength(2);
  });

  it('calls an order UNKNOWN when the venue does not answer, and sends it when it is asked again', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    const { append } = ports.streams;
    ports.streams.append = async () => Promise.reject(new Error('throttled'));
    expect(await submit(messageOf(order))).toEqual([order.clientOrderId]);
    expect(await statusOf(order)).toMatchObject({ status: 'UNKNOWN' });
    ports.streams.append = append;
    expect(await submit(messageOf(order))).toEqual([]);
    expect(sent()).toHaveLength(1);
  });

  it('is called again as a whole when a store cannot be reached: no message of the batch is to blame', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    const { append } = ports.streams;
    ports.streams.append = async () => Promise.reject(new Unreachable('Kinesis', 'socket hang up'));
    await expect(submit(messageOf(order))).rejects.toThrow(Unreachable);
    ports.streams.append = append;
    expect(await submit(messageOf(order))).toEqual([]);
    expect(sent()).toHaveLength(1);
  });

  it('withdraws what it may not send again, because trading was stopped or it has become too late', async () => {
    const [stopped, late] = [anOrder(1, { status: 'UNKNOWN' }), anOrder(2, { status: 'SUBMITTED' })];
    await put(late);
    ports.clock.timeMs = late.expiresAtMs + 1;
    expect(await submit(messageOf(late))).toEqual([]);
    await put(stopped);
    await engageKillSwitch();
    expect(await submit(messageOf(stopped))).toEqual([]);
    expect(sent()).toMatchObject([
      { kind: 'withdrawal', order: { clientOrderId: late.clientOrderId } },
      {
        kind: 'withdrawal',
        order: { clientOrderId: stopped.clientOrderId },
        reason: 'the kill switch is engaged',
      },
    ]);
  });

  it('leaves no order without an end when it died before the venue had it', async () => {
    const order = await put(anOrder(1, { status: 'SUBMITTED' }));
    ports.clock.timeMs = order.expiresAtMs + 1;
    await submit(messageOf(order));
    const match = matchOrders(ports);
    const [record] = ports.streams.read('trades', 0, 100, 1e6);
    await match({ Records: [laneRecord(record!)] }, invocation);
    const reason = 'withdrawn: it came too late: its venue may take it no more';
    expect(ports.reported()).toEqual([endedReport(order, 'expired', { reason, timeMs: order.expiresAtMs })]);
    await applyReport(ports, ports.reported()[0]!);
    expect(await statusOf(order)).toMatchObject({ status: 'EXPIRED' });
    expect(await ports.state.get('orders', reservationKey(order.strategyId))).toBeNull();
  });

  it('returns what follows a failure in its group, and goes on with other groups', async () => {
    const [, second, other] = [
      anOrder(1),
      anOrder(2, { status: 'INITIALIZED' }),
      anOrder(3, { status: 'INITIALIZED' }),
    ];
    await put(second);
    await put(other);
    const missing = message(JSON.stringify({ clientOrderId: crypto.randomUUID() }), 'a', 'missing');
    expect(await submit(missing, messageOf(second, 'a'), messageOf(other, 'b'))).toEqual([
      'missing',
      second.clientOrderId,
    ]);
    expect(await statusOf(second)).toMatchObject({ status: 'INITIALIZED' });
    expect(await statusOf(other)).toMatchObject({ status: 'SUBMITTED' });
  });

  it('sets aside a message that is no order, which holds nobody up', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    expect(await submit(message('{not json', 'a'), messageOf(order, 'a'))).toEqual([]);
    expect(await statusOf(order)).toMatchObject({ status: 'SUBMITTED' });
    const page = await ports.state.queryIndex('operations', quarantinePartition('QUARANTINED'), {
      limit: 10,
    });
    expect(page.items).toMatchObject([
      { value: { kind: 'message', payload: '{not json', functionName: 'submit-order' } },
    ]);
  });
});
