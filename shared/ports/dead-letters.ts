import type { QueueName } from '../topology.ts';

/** What queue workers gave up on. */
export interface DeadLetters {
  /** How many messages lie in the queue's dead-letter queue (approximate on AWS). */
  count(queue: QueueName): Promise<number>;
  /** Moves them back to their queue; late ones will be denied there. @returns how many. */
  redrive(queue: QueueName): Promise<number>;
}
