import type { ScheduledEvent } from 'aws-lambda';
import type { Ports } from '../../../shared/ports/index.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import { defineFunction, describeError } from '../../../shared/runtime/define-function.ts';
import { log } from '../../../shared/runtime/log.ts';
import { chaseOverdueOrders } from './overdue-orders.ts';
import { deliverOutbox, pendingOutboxes } from '../../../shared/runtime/outbox.ts';

/** Younger outboxes are most likely being delivered right now. */
const MIN_AGE_MS = 30_000;
const MAX_OUTBOXES_A_TABLE = 200;

/** Delivers what crashed functions left pending, and asks after orders that should be over: the last net under both. */
export function createHandler(ports: Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>) {
  return defineFunction('sweep-pending', async (_event: ScheduledEvent, invocation) => {
    const nowMs = ports.clock.nowMs();
    let oldestMs = nowMs;
    for (const table of ['signals', 'orders', 'portfolio'] as const) {
      const pending = await pendingOutboxes(ports.state, table, nowMs - MIN_AGE_MS, MAX_OUTBOXES_A_TABLE);
      for (const { outbox, writtenAtMs } of pending) {
        oldestMs = Math.min(oldestMs, writtenAtMs);
        try {
          await deliverOutbox(ports, outbox);
          invocation.count('outboxesSwept');
        } catch (error) {
          // It would keep the others as well.
          if (error instanceof Unreachable) throw error;
          // One that cannot be delivered must not keep the others from it.
          log.error('outbox not delivered', { table, id: outbox.id, error: describeError(error) });
          invocation.count('outboxesFailed');
        }
      }
    }
    invocation.gauge('oldestOutboxMs', nowMs - oldestMs);
    const overdue = await chaseOverdueOrders(ports);
    if (overdue.orders > 0) invocation.count('ordersOverdue', overdue.orders);
    if (overdue.fillsNotBooked > 0) invocation.count('fillsNotBooked', overdue.fillsNotBooked);
  });
}
