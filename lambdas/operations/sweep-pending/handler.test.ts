import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { aStrategy } from '../../../test/support/strategy.ts';
import {
  busEvent,
  invocation,
  tradingPorts,
  type TradingPorts,
} from '../../../test/support/trading-ports.ts';
import { reservationKey } from '../../../shared/contracts/record-keys.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import type { QueueMessage } from '../../../shared/ports/queue-sender.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { readOrder } from '../../../shared/runtime/order-items.ts';
import { createHandler as checkRisk } from '../../orders/check-risk/handler.ts';
import { createHandler as submitOrder } from '../../orders/submit-order/handler.ts';
import { createHandler } from './handler.ts';

const instance = aStrategy({ latencyMs: 0 });
const signal = signalOf(instance, 60_000, '100', { side: 'BUY', reason: 'test' });
const clientOrderId = clientOrderIdOf(signal);
const EXPIRES_AT_MS = 120_000 + 60_000;

describe('sweep-pending', () => {
  let ports: TradingPorts;
  let sent: QueueMessage[];
  let sweep: () => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    sent = [];
    const queues = {
      send: async (_: string, messages: readonly QueueMessage[]) => void sent.push(...messages),
    };
    const handler = createHandler({ ...ports, queues });
    sweep = async () => handler({} as never, invocation);
    await createStrategy(ports.state, instance, 0);
    await checkRisk({ ...ports, queues })(busEvent('SignalRaisedV1', { signal }), invocation);
  });

  it('delivers what a crash left pending, when it is no longer young', async () => {
    ports.breakBus(true);
    const another = signalOf(instance, 120_000, '100', { side: 'BUY', reason: 'test' });
    const check = checkRisk(ports)(busEvent('SignalRaisedV1', { signal: another }), invocation);
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
    const attributes = { MessageGroupId: instance.strategyId };
    await submitOrder(ports)({ Records: [{ messageId: '1', body, attributes }] } as SQSEvent, invocation);
    expect((await readOrder(ports.state, clientOrderId))?.value).toMatchObject({ status: 'DENIED' });
    expect(await ports.state.get('orders', reservationKey(instance.strategyId))).toBeNull();
    sent.length = 0;
    await sweep();
    expect(sent).toEqual([]);
  });
});
