import { describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../test/support/strategy.ts';
import { anOrder } from '../../test/support/order.ts';
import { signalOf } from '../domain/strategies/signal.ts';
import { toDesk } from '../runtime/desk-queue.ts';
import { recordKinds } from './stored-records.ts';

const candle = { openTimeMs: 60_000, close: '100' };
const signal = signalOf(aStrategy(), candle, { side: 'BUY', reason: 'test' });
const outboxOf = (effects: readonly unknown[]) => ({ table: 'orders', id: 'one', effects });

describe('an outbox of a release that told desks over the bus', () => {
  it('sends its signals to their desks as one of this release would, and the rest as it was', () => {
    const changed = {
      kind: 'publish',
      event: { detailType: 'OrderChangedV1', detail: { order: anOrder(1) } },
    };
    const raised = { signal, resumedAtMs: 121_000, againAtMs: 121_000 };
    const stored = outboxOf([
      changed,
      { kind: 'publish', event: { detailType: 'SignalRaisedV1', detail: raised } },
      { kind: 'publish', event: { detailType: 'SignalRaisedV1', detail: { signal } } },
    ]);
    expect(recordKinds.get('orders OUTBOX OUTBOX')!.record({ ...stored, v: 1 }, 'here')).toEqual(
      outboxOf([changed, toDesk({ kind: 'signal', ...raised }), toDesk({ kind: 'signal', signal })]),
    );
  });
});
