import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { aFill, anOrder } from '../../../test/support/order.ts';
import { endedReport, filledReport } from '../../../test/support/report.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { invocation, tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import type { DeskMessage } from '../../../shared/contracts/desk-messages.ts';
import { bookKey, quarantinePartition } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, QuarantineRecord } from '../../../shared/contracts/records.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { ConditionFailed } from '../../../shared/ports/state-store.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { orderWrite, readOrder } from '../../../shared/runtime/order-items.ts';
import { createHandler } from './handler.ts';

const instance = aStrategy({ latencyMs: 0 });
const { strategyId } = instance;
const signal = signalOf(instance, { openTimeMs: 60_000, close: '100' }, { side: 'BUY', reason: 'test' });
const order = anOrder(1, { strategyId, status: 'SUBMITTED' });
const bought: DeskMessage = { kind: 'report', report: filledReport(aFill(1, { strategyId })) };

describe('run-desk', () => {
  let ports: TradingPorts;
  /** @param receives how often each message has come by now. @returns the numbers of those that failed */
  let hear: (receives: number, ...messages: readonly unknown[]) => Promise<readonly number[]>;

  beforeEach(async () => {
    ports = tradingPorts();
    const handler = createHandler(ports);
    hear = async (receives, ...messages) => {
      const Records = messages.map((message, n) => ({
        messageId: String(n),
        body: typeof message === 'string' ? message : JSON.stringify(message),
        attributes: { MessageGroupId: 'paper', ApproximateReceiveCount: String(receives) },
      }));
      const answer = await handler({ Records } as SQSEvent, invocation);
      return answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
    };
    await createStrategy(ports.state, instance, 0);
    await ports.state.write(orderWrite(order, { kind: 'absent' }));
  });

  const statusOf = async ({ clientOrderId } = order) =>
    (await readOrder(ports.state, clientOrderId))?.value.status;
  const setAside = async () =>
    (
      await ports.state.queryIndex<QuarantineRecord>('operations', quarantinePartition('QUARANTINED'), {
        limit: 10,
      })
    ).items.map(({ value: { cause, payload } }) => ({ cause, payload }));

  it('hears signals and reports one after the other', async () => {
    expect(await hear(1, bought, { kind: 'signal', signal })).toEqual([]);
    expect(await statusOf()).toBe('FILLED');
    // It holds already what the signal asks for, and knows it: the fill came first.
    expect(await readOrder(ports.state, clientOrderIdOf(signal))).toBeNull();
  });

  it('sets aside what is no message for it, and hears what follows', async () => {
    expect(await hear(1, '{"kind":', { kind: 'signal' }, bought)).toEqual([]);
    expect(await statusOf()).toBe('FILLED');
    expect(await setAside()).toEqual([
      { cause: expect.stringMatching(/^not a message for a desk: /), payload: '{"kind":' },
      { cause: expect.stringMatching(/^not a message for a desk: /), payload: '{"kind":"signal"}' },
    ]);
  });

  describe('a report that it cannot hear', () => {
    const sold = aFill(1, { strategyId, side: 'SELL', cashChange: '99.9' });
    const impossible: DeskMessage = { kind: 'report', report: filledReport(sold) };
    const other = anOrder(2, { strategyId, status: 'SUBMITTED' });
    const end: DeskMessage = { kind: 'report', report: endedReport(other, 'expired') };

    beforeEach(async () => ports.state.write(orderWrite(other, { kind: 'absent' })));

    it('comes again, with all that follows of its account', async () => {
      expect(await hear(4, impossible, end)).toEqual([0, 1]);
      expect(await statusOf()).toBe('SUBMITTED');
      expect(await statusOf(other)).toBe('SUBMITTED');
      expect(await setAside()).toEqual([]);
    });

    it('is set aside the fifth time, its order UNKNOWN and told of, and the account goes on', async () => {
      expect(await hear(5, impossible, end)).toEqual([]);
      expect((await readOrder(ports.state, order.clientOrderId))?.value).toMatchObject({
        status: 'UNKNOWN',
        statusReason: expect.stringContaining('does not fit its book: sells 1, position is 0'),
      });
      expect(ports.told('OrderChangedV1').map(({ order: told }) => told.status)).toEqual([
        'UNKNOWN',
        'EXPIRED',
      ]);
      expect(await statusOf(other)).toBe('EXPIRED');
      expect(await setAside()).toEqual([
        {
          cause: expect.stringMatching(/^failed 5 times: fill .* sells 1/),
          payload: JSON.stringify(impossible),
        },
      ]);
      const book = await ports.state.get<BookRecord>('portfolio', bookKey(strategyId));
      expect(book?.value).toMatchObject({ fills: 0, quantity: '0' });
    });

    it('is one entry, however often the sweeper sends it again', async () => {
      for (const sentAgainAtMs of [undefined, 60_000, 120_000])
        expect(await hear(5, { ...impossible, sentAgainAtMs })).toEqual([]);
      expect(await setAside()).toHaveLength(1);
    });

    it('leaves an order that has ended as it is', async () => {
      const ended = anOrder(3, { strategyId, status: 'CANCELED' });
      await ports.state.write(orderWrite(ended, { kind: 'absent' }));
      const late = aFill(3, { strategyId, side: 'SELL', cashChange: '99.9' });
      expect(await hear(5, { kind: 'report', report: filledReport(late) })).toEqual([]);
      expect(await statusOf(ended)).toBe('CANCELED');
      expect(await setAside()).toHaveLength(1);
    });

    it('of an order that is in no table is set aside as well', async () => {
      const unknown = anOrder(9, { strategyId });
      const message = { kind: 'report', report: endedReport(unknown, 'expired') };
      expect(await hear(5, message, end)).toEqual([]);
      expect(await setAside()).toMatchObject([{ cause: expect.stringContaining('is not in the table') }]);
      expect(await statusOf(other)).toBe('EXPIRED');
    });
  });

  it.each([
    ['cannot be reached', new Unreachable('state', 'refused')],
    ['is written to by others', new ConditionFailed({ pk: 'ORDER', sk: 'ORDER' })],
  ])('waits however long for a store that %s', async (_, cause) => {
    const { transact } = ports.state;
    ports.state.transact = async () => Promise.reject(cause);
    const answer = hear(100, bought);
    if (cause instanceof Unreachable) await expect(answer).rejects.toThrow(Unreachable);
    else expect(await answer).toEqual([0]);
    expect(await setAside()).toEqual([]);
    ports.state.transact = transact;
    expect(await hear(101, bought)).toEqual([]);
    expect(await statusOf()).toBe('FILLED');
  });
});
