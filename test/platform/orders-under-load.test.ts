/** Orders in numbers: the same one a thousand times at once, and a thousand that wait when trading is stopped. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisStreamRecord, SQSEvent } from 'aws-lambda';
import { createHandler as manageRisk } from '../../lambdas/api/manage-risk/handler.ts';
import { createHandler as matchOrders } from '../../lambdas/orders/match-orders/handler.ts';
import { createHandler as submitOrder } from '../../lambdas/orders/submit-order/handler.ts';
import type { LogRecord, ReceivedMessage } from '../../shared/adapters/delivery.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { deterministicId } from '../../shared/domain/ids.ts';
import { laneOf } from '../../shared/domain/market-data/lane.ts';
import { ensureAccount } from '../../shared/runtime/accounts.ts';
import { orderWrite, readOrder, sendToSubmit } from '../../shared/runtime/order-items.ts';
import { anOrder } from '../support/order.ts';
import { restClient } from '../support/rest-client.ts';
import { invocation, tradingPorts, type TradingPorts } from '../support/trading-ports.ts';

const ORDERS = 1000;

let ports: TradingPorts;
let submit: (messages: readonly Pick<ReceivedMessage, 'messageId' | 'body' | 'groupId'>[]) => Promise<void>;

beforeEach(async () => {
  ports = tradingPorts();
  const handler = submitOrder(ports);
  submit = async (messages) => {
    const Records = messages.map(({ messageId, body, groupId }) => ({
      messageId,
      body,
      attributes: { MessageGroupId: groupId },
    }));
    expect(await handler({ Records } as unknown as SQSEvent, invocation)).toEqual({ batchItemFailures: [] });
  };
  await ensureAccount(ports.state, 'paper', 0);
});

async function put(order: OrderRecord): Promise<OrderRecord> {
  await ports.state.write(orderWrite(order, { kind: 'absent' }));
  return order;
}

const laneRecords = () => ports.streams.read('trades', 0, 10_000, 1e9);

async function match(): Promise<void> {
  const Records = laneRecords().map(kinesisRecord);
  await matchOrders(ports)({ Records }, invocation);
}

function kinesisRecord({ sequence, partitionKey, data, arrivalMs }: LogRecord): KinesisStreamRecord {
  const kinesis = {
    partitionKey,
    sequenceNumber: String(sequence),
    approximateArrivalTimestamp: arrivalMs / 1000,
    data: Buffer.from(data).toString('base64'),
  };
  return { kinesis } as KinesisStreamRecord;
}

describe('one order that is handed over a thousand times at once', () => {
  it('is taken by its venue once, and fills once', async () => {
    const order = await put(anOrder(1, { status: 'INITIALIZED' }));
    const { message } = sendToSubmit(order);
    await Promise.all(
      Array.from({ length: ORDERS }, async (_, n) => submit([{ messageId: String(n), ...message }])),
    );
    const lane = laneOf(order.instrumentId);
    const tape = {
      v: 1,
      kind: 'trades',
      lane,
      sessionId: 'session',
      instruments: [order.instrumentId],
      trades: [1, 2, 3].map((id) => [0, String(id), '100', '50', 'B', 2000 + id, 2000 + id]),
      laneWatermarkMs: null,
      watermarks: [],
    };
    await ports.streams.append('trades', [recordOfLane(lane, Buffer.from(JSON.stringify(tape)))]);
    await match();
    expect(ports.reported()).toMatchObject([{ kind: 'filled' }]);
    expect(ports.published.filter(({ detailType }) => detailType !== 'OrderChangedV1')).toEqual([]);
    expect((await readOrder(ports.state, order.clientOrderId))?.value.status).toBe('SUBMITTED');
  });
});

describe('the kill switch, with a thousand orders in the queues', () => {
  /** Each of an instance of its own, so that none waits for another. */
  const strategyOf = (n: number) => deterministicId('test-strategy', n);
  const statuses = async (orders: readonly OrderRecord[]) =>
    Promise.all(
      orders.map(async (order) => (await readOrder(ports.state, order.clientOrderId))?.value.status),
    );

  it('lets nothing through once it has answered', async () => {
    const orders: OrderRecord[] = [];
    for (let n = 0; n < ORDERS; n++)
      orders.push(await put(anOrder(n, { status: 'INITIALIZED', strategyId: strategyOf(n) })));
    for (const order of orders) {
      const { queue, message } = sendToSubmit(order);
      await ports.queues.send(queue, [message]);
    }
    const call = restClient(manageRisk({ state: ports.state }, () => 5000));
    const deliver = async (): Promise<boolean> => {
      const messages = ports.queues.receive('orders-standard', 10, 0);
      if (messages.length === 0) return false;
      await submit(messages);
      for (const { receiptHandle } of messages) ports.queues.remove('orders-standard', receiptHandle);
      return true;
    };
    for (let batch = 0; batch < 10; batch++) await deliver();
    const workers = [1, 2, 3].map(async () => {
      while (await deliver());
    });
    const engaged = await call('PUT /v1/risk/kill-switch', { body: { engaged: true, reason: 'enough' } });
    expect(engaged.status).toBe(200);
    const throughAtAnswer = laneRecords().length;
    await Promise.all(workers);
    // Each worker may have read the switch before it was thrown, of one order.
    expect(laneRecords().length - throughAtAnswer).toBeLessThanOrEqual(workers.length);
    const ends = await statuses(orders);
    expect(ends.filter((status) => status === 'SUBMITTED')).toHaveLength(laneRecords().length);
    expect(ends.filter((status) => status === 'DENIED')).toHaveLength(ORDERS - laneRecords().length);
    expect(throughAtAnswer).toBeLessThan(ORDERS / 2);
  });
});
