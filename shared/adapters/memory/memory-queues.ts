import type { QueueMessage } from '../../ports/queue-sender.ts';
import { systemTime } from '../../ports/time.ts';
import type { QueueDefinition } from '../../topology-schema.ts';
import type { QueueName } from '../../topology.ts';
import type { DeadLetter, Queues, ReceivedMessage } from '../delivery.ts';
import { Listeners } from '../listeners.ts';
import { checkMessages, DEDUPLICATION_MS, readReceipt } from '../queue-limits.ts';

interface KeptMessage extends QueueMessage {
  readonly id: number;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receives: number;
  isInFlight: boolean;
}

/** What outlives the processes that send and receive. */
export interface KeptQueues {
  /** In order of arrival. */
  readonly messages: Map<QueueName, KeptMessage[]>;
  readonly dead: DeadLetter[];
  /** `<queue> <deduplication id>` → until when a message of it is dropped. */
  readonly known: Map<string, number>;
  lastId: number;
}

export function keptQueues(): KeptQueues {
  return { messages: new Map(), dead: [], known: new Map(), lastId: 0 };
}

/** FIFO queues in arrays, as one process sees them. */
export class MemoryQueues implements Queues {
  readonly #kept: KeptQueues;
  readonly #definitions: Readonly<Record<QueueName, QueueDefinition>>;
  readonly #now: () => number;
  readonly #sent = new Listeners<QueueName>();

  /** What another process had received and not removed can be received again at once: that process is gone. */
  constructor(
    definitions: Readonly<Record<QueueName, QueueDefinition>>,
    kept: KeptQueues = keptQueues(),
    now: () => number = () => systemTime.nowMs(),
  ) {
    this.#kept = kept;
    this.#definitions = definitions;
    this.#now = now;
    for (const messages of kept.messages.values())
      for (const message of messages)
        if (message.isInFlight) Object.assign(message, { visibleAtMs: 0, isInFlight: false });
  }

  async send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void> {
    checkMessages(messages);
    const nowMs = this.#now();
    const accepted = messages.filter((message) => this.#accept(queue, message, nowMs));
    if (accepted.length > 0) this.#sent.tell(queue);
  }

  receive(queue: QueueName, max: number, nowMs: number): ReceivedMessage[] {
    const { maxReceives, visibilityTimeoutSeconds } = this.#definitions[queue];
    for (const message of this.#free(queue, nowMs))
      if (message.receives >= maxReceives) this.#bury(queue, message);
    return this.#free(queue, nowMs)
      .slice(0, max)
      .map((message) => {
        message.visibleAtMs = nowMs + visibilityTimeoutSeconds * 1000;
        message.receives++;
        message.isInFlight = true;
        return toReceivedMessage(message);
      });
  }

  remove(queue: QueueName, receiptHandle: string): void {
    const message = this.#received(queue, receiptHandle);
    if (message !== undefined) this.#drop(queue, message);
  }

  release(queue: QueueName, receiptHandle: string, visibleAtMs: number): void {
    const message = this.#received(queue, receiptHandle);
    if (message !== undefined) Object.assign(message, { visibleAtMs, isInFlight: false });
  }

  pendingCount(queue: QueueName): number {
    return this.#messages(queue).length;
  }

  nextVisibleAtMs(queue: QueueName): number | null {
    const groups = Map.groupBy(this.#messages(queue), ({ groupId }) => groupId);
    if (groups.size === 0) return null;
    return Math.min(
      ...[...groups.values()].map((group) => Math.max(...group.map(({ visibleAtMs }) => visibleAtMs))),
    );
  }

  onSend(listener: (queue: QueueName) => void): () => void {
    return this.#sent.add(listener);
  }

  #accept(queue: QueueName, message: QueueMessage, nowMs: number): boolean {
    const name = `${queue} ${message.deduplicationId}`;
    if ((this.#kept.known.get(name) ?? -1) > nowMs) return false;
    this.#kept.known.set(name, nowMs + DEDUPLICATION_MS);
    this.#messages(queue).push({
      ...message,
      ...{ id: ++this.#kept.lastId, sentAtMs: nowMs, visibleAtMs: 0, receives: 0, isInFlight: false },
    });
    return true;
  }

  /** Those of groups in which none is hidden. */
  #free(queue: QueueName, nowMs: number): KeptMessage[] {
    const messages = this.#messages(queue);
    const held = new Set(
      messages.flatMap(({ visibleAtMs, groupId }) => (visibleAtMs > nowMs ? [groupId] : [])),
    );
    return messages.filter(({ groupId }) => !held.has(groupId));
  }

  #received(queue: QueueName, receiptHandle: string): KeptMessage | undefined {
    const [id, receives] = readReceipt(receiptHandle);
    return this.#messages(queue).find((message) => message.id === id && message.receives === receives);
  }

  #bury(queue: QueueName, message: KeptMessage): void {
    const { id, groupId, deduplicationId, body, receives } = message;
    this.#kept.dead.push({ queue, messageId: id, groupId, deduplicationId, body, receives });
    this.#drop(queue, message);
  }

  #drop(queue: QueueName, message: KeptMessage): void {
    const messages = this.#messages(queue);
    messages.splice(messages.indexOf(message), 1);
  }

  #messages(queue: QueueName): KeptMessage[] {
    let messages = this.#kept.messages.get(queue);
    if (messages === undefined) this.#kept.messages.set(queue, (messages = []));
    return messages;
  }
}

function toReceivedMessage({
  id,
  body,
  groupId,
  deduplicationId,
  receives,
  sentAtMs,
}: KeptMessage): ReceivedMessage {
  return {
    messageId: String(id),
    receiptHandle: `${id}-${receives}`,
    body,
    groupId,
    deduplicationId,
    receiveCount: receives,
    sentAtMs,
  };
}
