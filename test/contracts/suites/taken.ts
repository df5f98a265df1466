/** What lies in queues and buses that deliver, taken out of them. */
import type { Deliveries, Queues } from '../../../shared/adapters/delivery.ts';
import type { BusEvent } from '../../../shared/ports/event-bus.ts';
import type { QueueMessage } from '../../../shared/ports/queue-sender.ts';
import type { QueueName } from '../../../shared/topology.ts';

/** Every event so far that went to push-updates. */
export function eventsTaken(bus: Deliveries): () => Promise<BusEvent[]> {
  const received: BusEvent[] = [];
  return async () => {
    for (const { id, detailType, detail } of bus.take('push-updates', 1000, Date.now())) {
      received.push({ detailType, detail } as BusEvent);
      bus.acknowledge(id);
    }
    return received;
  };
}

export function drainedQueue(queues: Queues, queue: QueueName): QueueMessage[] {
  return queues.receive(queue, 10, Date.now()).map(({ receiptHandle, body, groupId, deduplicationId }) => {
    queues.remove(queue, receiptHandle);
    return { body, groupId, deduplicationId };
  });
}
