/**
 * Effects that must happen once for each change of state: they are committed in the same transaction as the
 * change, delivered, and deleted. A crash in between leaves them in the table; the redelivered message or the
 * sweeper delivers them again, and every receiver knows its messages by their ids.
 */
import type { BusEvent, EventBus } from '../ports/event-bus.ts';
import type { QueueMessage, QueueSender } from '../ports/queue-sender.ts';
import type { ItemKey, PutWrite, StateStore } from '../ports/state-store.ts';
import type { QueueName, TableName } from '../topology.ts';

export type Effect =
  | { readonly kind: 'publish'; readonly event: BusEvent }
  | { readonly kind: 'send'; readonly queue: QueueName; readonly message: QueueMessage };

export interface Outbox {
  readonly table: TableName;
  /** Deterministic: of the change that the effects belong to. */
  readonly id: string;
  readonly effects: readonly Effect[];
}

export interface OutboxChannels {
  readonly state: StateStore;
  readonly bus?: EventBus;
  readonly queues?: QueueSender;
}

const PENDING_PARTITION = 'PENDING';

function outboxKey(id: string): ItemKey {
  return { pk: `OUTBOX#${id}`, sk: 'OUTBOX' };
}

/** The write that goes into the transaction of the change. */
export function outboxWrite(outbox: Outbox, nowMs: number): PutWrite {
  return {
    kind: 'put',
    table: outbox.table,
    ...outboxKey(outbox.id),
    value: outbox,
    condition: { kind: 'none' },
    index: { partition: PENDING_PARTITION, sort: `${String(nowMs).padStart(15, '0')}#${outbox.id}` },
  };
}

/** Delivers, then deletes: a crash between the two delivers twice, never not at all. */
export async function deliverOutbox(channels: OutboxChannels, outbox: Outbox): Promise<void> {
  const events = outbox.effects.flatMap((effect) => (effect.kind === 'publish' ? [effect.event] : []));
  if (events.length > 0) await needed(channels.bus, 'bus', outbox).publish(events);
  for (const effect of outbox.effects)
    if (effect.kind === 'send')
      await needed(channels.queues, 'queues', outbox).send(effect.queue, [effect.message]);
  await channels.state.write({
    kind: 'delete',
    table: outbox.table,
    ...outboxKey(outbox.id),
    condition: { kind: 'none' },
  });
}

function needed<Port>(port: Port | undefined, name: string, { id }: Outbox): Port {
  if (port === undefined) throw new Error(`an effect of ${id} needs the port ${name}`);
  return port;
}

/** For a message that comes again after its change was committed: delivers what the crash may have left behind. */
export async function redeliverOutbox(channels: OutboxChannels, table: TableName, id: string): Promise<void> {
  const item = await channels.state.get<Outbox>(table, outboxKey(id));
  if (item !== null) await deliverOutbox(channels, item.value);
}

interface PendingOutbox {
  readonly outbox: Outbox;
  readonly writtenAtMs: number;
}

/** Outboxes left over, oldest first. */
export async function pendingOutboxes(
  state: StateStore,
  table: TableName,
  writtenBeforeMs: number,
  limit: number,
): Promise<readonly PendingOutbox[]> {
  const page = await state.queryIndex<Outbox>(table, PENDING_PARTITION, {
    limit,
    sortUpTo: String(writtenBeforeMs).padStart(15, '0'),
  });
  return page.items.map(({ value, index }) => ({
    outbox: value,
    writtenAtMs: Number.parseInt(index!.sort, 10),
  }));
}
