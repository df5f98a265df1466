import { transition } from '../../../shared/domain/orders/order-status.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import { changeStatus, readOrder } from '../../../shared/runtime/order-items.ts';
import { deliverOutbox } from '../../../shared/runtime/outbox.ts';

/** Of an order of which a report cannot be heard nobody knows how it stands. One that has ended, or has filled in part, stays. */
export async function markUnknown(
  ports: Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>,
  clientOrderId: string,
  reason: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const item = await readOrder(ports.state, clientOrderId);
    if (item === null || transition(item.value.status, 'unanswered', false).kind !== 'moved') return;
    const outcome = await changeStatus(ports.state, item, 'UNKNOWN', reason, ports.clock.nowMs());
    if (outcome.kind === 'changed') await deliverOutbox(ports, outcome.outbox);
  });
}
