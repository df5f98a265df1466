/**
 * Effects that must happen exactly as often as the state they belong to is written: they are committed with the
 * state, delivered, and marked delivered. A crash in between leaves them pending; the redelivered message or the
 * sweeper delivers them again, and every receiver knows its messages by their ids.
 */
import type { BusEvent, EventBus } from '../ports/event-bus.ts';
import type { QueueMessage, QueueSender } from '../ports/queue-sender.ts';
import { ConditionFailed, type IndexKey, type Item, type StateStore } from '../ports/state-store.ts';
import type { QueueName, TableName } from '../topology.ts';

export type Effect =
  | { readonly kind: 'publish'; readonly event: BusEvent }
  | { readonly kind: 'send'; readonly queue: QueueName; readonly message: QueueMessage };

/** A value that carries effects not yet delivered. */
export interface WithPending {
  readonly pending: readonly Effect[];
  /** The index key that the item has once nothing is pending. */
  readonly settledIndex: IndexKey | null;
}

export const PENDING_PARTITION = 'PENDING';

/** The index key of an item while effects are pending: found by the sweeper, oldest first. */
export function pendingIndex(nowMs: number, id: string): IndexKey {
  return { partition: PENDING_PARTITION, sort: `${String(nowMs).padStart(15, '0')}#${id}` };
}

interface Channels {
  readonly state: StateStore;
  readonly bus: EventBus;
  readonly queues: QueueSender;
}

/**
 * Delivers what an item still has pending and marks it delivered.
 * @param item as just written or just read: its version guards the mark.
 */
export async function deliverPending(
  channels: Partial<Pick<Channels, 'bus' | 'queues'>> & Pick<Channels, 'state'>,
  table: TableName,
  item: Item<WithPending>,
): Promise<void> {
  const { pending, settledIndex } = item.value;
  if (pending.length === 0) return;
  const events = pending.flatMap((effect) => (effect.kind === 'publish' ? [effect.event] : []));
  if (events.length > 0) await required(channels.bus, 'bus').publish(events);
  for (const effect of pending) {
    if (effect.kind === 'send') await required(channels.queues, 'queues').send(effect.queue, [effect.message]);
  }
  try {
    await channels.state.write({
      kind: 'put',
      table,
      pk: item.pk,
      sk: item.sk,
      value: { ...item.value, pending: [] },
      condition: { kind: 'version', version: item.version },
      ...(settledIndex === null ? {} : { index: settledIndex }),
    });
  } catch (error) {
    // Somebody wrote the item since: whoever did has taken its pending effects along or delivered them.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

function required<T>(channel: T | undefined, name: string): T {
  if (channel === undefined) throw new Error(`an effect needs the port ${name}`);
  return channel;
}
