import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KinesisStreamRecord, SQSEvent } from 'aws-lambda';
import { aStrategy } from '../../../test/support/strategy.ts';
import { invocation, tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import type { LogRecord } from '../../../shared/adapters/delivery.ts';
import { nameOf, type DeskMessage } from '../../../shared/contracts/desk-messages.ts';
import { bookKey, reservationKey } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import type { TradesRecordV1 } from '../../../shared/contracts/stream-records.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import type { QueueMessage, QueueSender } from '../../../shared/ports/queue-sender.ts';
import { recordOfLane } from '../../../shared/ports/stream-writer.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { log } from '../../../shared/runtime/log.ts';
import { orderWrite, readOrder } from '../../../shared/runtime/order-items.ts';
import { keepReport } from '../../../shared/runtime/venue-reports.ts';
import { createHandler as matchOrders } from '../../orders/match-orders/handler.ts';
import { applyReport } from '../../orders/run-desk/apply-report.ts';
import { checkSignal } from '../../orders/run-desk/check-signal.ts';
import { createHandler as submitOrder } from '../../orders/submit-order/handler.ts';
import { createHandler } from './handler.ts';
import { chaseOverdueOrders } from './overdue-orders.ts';

const instance = aStrategy({ latencyMs: 0 });
const signal = signalOf(instance, { openTimeMs: 60_000, close: '100' }, { side: 'BUY', reason: 'test' });
const clientOrderId = clientOrderIdOf(signal);
const EXPIRES_AT_MS = 120_000 + 60_000;

/** One trade after the order has come. */
function tape(lane: string): TradesRecordV1 {
  return {
    v: 1,
    kind: 'trades',
    lane,
    sessionId: 'session',
    instruments: [instance.instrumentId],
    trades: [[0, '7', '100', '50', 'B', 122_000, 122_000]],
    laneWatermarkMs: null,
    watermarks: [],
  };
}

function laneRecord({ sequence, partitionKey, data, arrivalMs }: LogRecord): KinesisStreamRecord {
  const kinesis = {
    partitionKey,
    sequenceNumber: String(sequence),
    approximateArrivalTimestamp: arrivalMs / 1000,
    data: Buffer.from(data).toString('base64'),
  };
  return { kinesis } as KinesisStreamRecord;
}

describe('sweep-pending', () => {
  let ports: TradingPorts;
  let sent: QueueMessage[];
  let queues: QueueSender;
  let sweep: () => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    sent = [];
    queues = {
      send: async (_: string, messages: readonly QueueMessage[]) => void sent.push(...messages),
    };
    const handler = createHandler({ ...ports, queues });
    sweep = async () => handler({} as never, invocation);
    await createStrategy(ports.state, instance, 0);
    await checkSignal({ ...ports, queues }, { kind: 'signal', signal });
  });

  async function submit(): Promise<void> {
    const attributes = { MessageGroupId: instance.strategyId };
    const body = JSON.stringify({ clientOrderId });
    await submitOrder(ports)({ Records: [{ messageId: '1', body, attributes }] } as SQSEvent, invocation);
  }

  async function match(): Promise<void> {
    const Records = ports.streams.read('trades', 0, 10, 1e6).map(laneRecord);
    await matchOrders(ports)({ Records }, invocation);
  }

  it('delivers what a crash left pending, when it is no longer young', async () => {
    ports.breakBus(true);
    const other = aStrategy({ latencyMs: 0, instrumentId: 'binance:ETH-USDT' });
    await createStrategy(ports.state, other, 0);
    const another = signalOf(other, { openTimeMs: 120_000, close: '100' }, { side: 'BUY', reason: 'test' });
    const check = checkSignal(ports, { kind: 'signal', signal: another });
    await expect(check).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    const before = ports.told('OrderChangedV1').length;
    await sweep();
    expect(ports.told('OrderChangedV1')).toHaveLength(before);
    ports.clock.timeMs = 30_001;
    await sweep();
    expect(ports.told('OrderChangedV1')).toHaveLength(before + 1);
  });

  it('sends an order again that should be over, so that one among the dead letters frees its reservation', async () => {
    sent.length = 0;
    ports.clock.timeMs = EXPIRES_AT_MS + 599_999;
    await sweep();
    expect(sent).toEqual([]);
    ports.clock.timeMs = EXPIRES_AT_MS + 660_000;
    await sweep();
    const body = JSON.stringify({ clientOrderId });
    expect(sent).toEqual([{ body, groupId: instance.strategyId, deduplicationId: clientOrderId }]);
    await submit();
    expect((await readOrder(ports.state, clientOrderId))?.value).toMatchObject({ status: 'DENIED' });
    expect(await ports.state.get('orders', reservationKey(instance.strategyId))).toBeNull();
    sent.length = 0;
    await sweep();
    expect(sent).toEqual([]);
  });

  it('leaves alone what waits at its venue for a trade, and looks again ten minutes later', async () => {
    await submit();
    await match();
    sent.length = 0;
    ports.clock.timeMs = EXPIRES_AT_MS + 660_000;
    expect(await chaseOverdueOrders({ ...ports, queues })).toEqual({ orders: 0, fillsNotBooked: 0 });
    const reservation = await ports.state.get('orders', reservationKey(instance.strategyId));
    expect(reservation).toMatchObject({
      value: { clientOrderId },
      index: { sort: expect.stringContaining(String(ports.clock.timeMs)) },
    });
    ports.clock.timeMs += 60_000;
    await sweep();
    expect(sent).toEqual([]);
    const untouched = await ports.state.get('orders', reservationKey(instance.strategyId));
    expect(untouched?.version).toBe(reservation?.version);
  });

  describe('when the venue has filled an order and the ledger never heard of it', () => {
    const book = async () =>
      (await ports.state.get<BookRecord>('portfolio', bookKey(instance.strategyId)))?.value;
    /** What was sent to desks by the sweeper. */
    const told = () => sent.map(({ body }) => JSON.parse(body) as DeskMessage);

    beforeEach(async () => {
      ports.clock.timeMs = 121_000;
      await submit();
      const lane = laneOf(instance.instrumentId);
      const data = Buffer.from(JSON.stringify(tape(lane)));
      await ports.streams.append('trades', [recordOfLane(lane, data)]);
      await match();
      expect(ports.reported()).toMatchObject([{ kind: 'filled' }]);
      ports.clock.timeMs = EXPIRES_AT_MS + 660_000;
      sent.length = 0;
    });

    it('finds it, says so, and tells the ledger until it is booked, once', async () => {
      const said = jest.spyOn(log, 'error');
      await sweep();
      expect(said.mock.calls).toEqual([
        ['fill not booked: told again', expect.objectContaining({ clientOrderId, status: 'SUBMITTED' })],
      ]);
      said.mockRestore();
      expect(await chaseOverdueOrders({ ...ports, queues })).toEqual({ orders: 1, fillsNotBooked: 1 });
      const report = ports.reported()[0]!;
      const again = { kind: 'report', report, sentAgainAtMs: ports.clock.timeMs } as const;
      expect(told()).toEqual([again, again]);
      // Its queue takes the same message once in five minutes: another time has another name.
      expect(sent[0]).toMatchObject({ groupId: 'paper', deduplicationId: nameOf(again) });
      for (const message of told()) if (message.kind === 'report') await applyReport(ports, message.report);
      expect(await book()).toMatchObject({ fills: 1 });
      expect((await readOrder(ports.state, clientOrderId))?.value).toMatchObject({ status: 'FILLED' });
      expect(await ports.state.get('orders', reservationKey(instance.strategyId))).toBeNull();
      sent.length = 0;
      expect(await chaseOverdueOrders({ ...ports, queues })).toEqual({ orders: 0, fillsNotBooked: 0 });
      expect(sent).toEqual([]);
    });

    it('tells of the report that the desk has not heard, where it has heard the first of them', async () => {
      const [end] = ports.reported();
      const item = (await readOrder(ports.state, clientOrderId))!;
      await ports.state.write(
        orderWrite({ ...item.value, reports: 1 }, { kind: 'version', version: item.version }),
      );
      expect(await chaseOverdueOrders({ ...ports, queues })).toEqual({ orders: 1, fillsNotBooked: 0 });
      sent.length = 0;
      const second = { ...end!, number: 2 };
      await keepReport(ports.state, second);
      expect(await chaseOverdueOrders({ ...ports, queues })).toEqual({ orders: 1, fillsNotBooked: 1 });
      expect(told()).toMatchObject([{ kind: 'report', report: { number: 2 } }]);
    });
  });
});
