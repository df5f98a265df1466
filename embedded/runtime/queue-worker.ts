import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Queues, ReceivedMessage } from '../../shared/adapters/delivery.ts';
import type { Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Patience } from '../../shared/runtime/patience.ts';
import type { QueueWorkerDefinition } from '../../shared/topology-schema.ts';
import type { FunctionName, QueueName } from '../../shared/topology.ts';
import { DeliveryLoop, type Turn } from './delivery-loop.ts';
import type { Invoker } from './invoker.ts';
import { waitMs, type RetryPolicy } from './retry-policy.ts';

export interface QueueWorkerOptions {
  readonly definition: QueueWorkerDefinition;
  readonly queues: Queues;
  readonly invoker: Invoker;
  readonly retry: RetryPolicy;
  readonly patience: Patience;
  readonly time: Time;
  readonly onProgress: () => void;
}

/** Delivers a FIFO queue to its function: batches of at most ten, partial failures, dead letters after too many. */
export class QueueWorker {
  readonly functionName: FunctionName;
  readonly queue: QueueName;
  readonly #options: QueueWorkerOptions;
  readonly #loop: DeliveryLoop;
  /**
   * What was received and is neither removed nor released: a batch that met something out of reach is delivered again
   * from here, so that waiting uses up none of the times that a message may be received.
   */
  #held: ReceivedMessage[] = [];

  constructor(options: QueueWorkerOptions) {
    this.#options = options;
    this.functionName = options.definition.function as FunctionName;
    this.queue = options.definition.queue as QueueName;
    this.#loop = new DeliveryLoop(
      this.queue,
      async () => this.#deliverNext(),
      options.patience,
      options.time,
    );
  }

  get pending(): number {
    return this.#options.queues.pendingCount(this.queue);
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** @throws Unreachable, and what is held then is delivered, removed or released in the next turn */
  async #deliverNext(): Promise<Turn> {
    const { queues, definition, onProgress, time, retry } = this.#options;
    if (this.#held.length === 0)
      this.#held = [...queues.receive(this.queue, definition.batchSize, time.nowMs())];
    if (this.#held.length === 0) {
      // What was received too often has just gone to the dead letters.
      onProgress();
      const nextVisibleAtMs = queues.nextVisibleAtMs(this.queue);
      return nextVisibleAtMs === null ? 'idle' : { idleUntilMs: nextVisibleAtMs };
    }
    const failed = await this.#failuresOf(this.#held);
    for (let message = this.#held[0]; message !== undefined; message = this.#held[0]) {
      if (!failed.has(message.messageId)) queues.remove(this.queue, message.receiptHandle);
      else
        queues.release(this.queue, message.receiptHandle, time.nowMs() + waitMs(retry, message.receiveCount));
      this.#held.shift();
    }
    onProgress();
    return 'worked';
  }

  async #failuresOf(messages: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> {
    try {
      const result = (await this.#options.invoker.invoke(
        this.functionName,
        sqsEvent(this.queue, messages),
      )) as SQSBatchResponse | undefined;
      return new Set(result?.batchItemFailures.map((failure) => failure.itemIdentifier));
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      log.warn('queue batch failed', { function: this.functionName, error: describeError(error) });
      return new Set(messages.map((message) => message.messageId));
    }
  }
}

function sqsEvent(queue: QueueName, messages: readonly ReceivedMessage[]): SQSEvent {
  return { Records: messages.map((message) => sqsRecord(queue, message)) };
}

function sqsRecord(queue: QueueName, message: ReceivedMessage): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAtMs),
      SenderId: 'embedded',
      ApproximateFirstReceiveTimestamp: String(message.sentAtMs),
      MessageGroupId: message.groupId,
      MessageDeduplicationId: message.deduplicationId,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:embedded:000000000000:${queue}.fifo`,
    awsRegion: 'embedded',
  };
}
