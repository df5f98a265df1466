import type { QueueName } from '../topology.ts';

export interface QueueMessage {
  /** JSON text, at most 256 KB. */
  readonly body: string;
  /** Order is kept inside a group, and a failing message holds back its group. */
  readonly groupId: string;
  /** The same id within five minutes is accepted and dropped. */
  readonly deduplicationId: string;
}

/** FIFO queues. */
export interface QueueSender {
  /** At most 10 messages. Resolves when all are accepted. @throws LimitExceeded */
  send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void>;
}

export const MAX_MESSAGES_A_CALL = 10;
export const MAX_MESSAGE_BYTES = 256 * 1024;
