/**
 * What a runtime in one process delivers from, whoever keeps it: a log, queues and a bus that are written through their
 * ports and read here. Where a call changes what is kept, it is durable when it returns.
 */
import type { BusEvent, EventBus } from '../ports/event-bus.ts';
import type { QueueMessage, QueueSender } from '../ports/queue-sender.ts';
import type { StreamWriter } from '../ports/stream-writer.ts';
import type { FunctionName, QueueName, StreamName } from '../topology.ts';

/** A record of a stream. Sequences start at 1 and have no gaps; they go on after trimming and after a restart. */
export interface LogRecord {
  readonly sequence: number;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Wall time of the append. */
  readonly arrivalMs: number;
}

/** A record that a consumer could not be made to take. */
export interface DeadRecord {
  readonly stream: StreamName;
  /** Where it was in the stream. */
  readonly sequence: number;
  readonly consumer: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly cause: string;
}

export interface StreamLog extends StreamWriter {
  /**
   * Records after a sequence, oldest first.
   * @param maxBytes of data; the first record is given however large it is, so that a reader always gets on.
   */
  read(stream: StreamName, afterSequence: number, maxRecords: number, maxBytes: number): readonly LogRecord[];
  /** Sequence of the last record, 0 before the first. */
  head(stream: StreamName): number;
  /** The sequence through which a consumer is done, 0 at first. */
  checkpoint(consumer: string, stream: StreamName): number;
  saveCheckpoint(consumer: string, stream: StreamName, sequence: number): void;
  /** Sets the records behind a consumer's checkpoint, through a sequence, aside for it with their cause, and moves it on. */
  giveUp(consumer: string, stream: StreamName, throughSequence: number, cause: string): void;
  /** Deletes the records through a sequence. */
  trim(stream: StreamName, throughSequence: number): Promise<void>;
  /** Tells after each append that can be read. @returns what stops it. */
  onAppend(listener: (stream: StreamName) => void): () => void;
}

export interface ReceivedMessage extends QueueMessage {
  readonly messageId: string;
  /** For `remove` and `release`; good until the message is received again. */
  readonly receiptHandle: string;
  /** 1 the first time. */
  readonly receiveCount: number;
  readonly sentAtMs: number;
}

export interface DeadLetter extends QueueMessage {
  readonly queue: QueueName;
  readonly messageId: number;
  readonly receives: number;
}

export interface Queues extends QueueSender {
  /**
   * Takes up to `max` messages that are due, in order inside each group, and hides them for the visibility timeout.
   * While a message of a group is hidden, the later ones of that group wait. A message that has been received
   * `maxReceives` times already goes to the dead letters instead.
   */
  receive(queue: QueueName, max: number, nowMs: number): readonly ReceivedMessage[];
  /** Done with: the message will not come again. A receipt that is no longer good does nothing. */
  remove(queue: QueueName, receiptHandle: string): void;
  /** Gives a message back, to be received again from `visibleAtMs` on. */
  release(queue: QueueName, receiptHandle: string, visibleAtMs: number): void;
  /** Messages that are neither removed nor dead, hidden ones included. */
  pendingCount(queue: QueueName): number;
  /** The earliest instant at which `receive` can have something to do: in the past when it can now, null when nothing is pending. */
  nextVisibleAtMs(queue: QueueName): number | null;
  /** Tells after each send that brought messages. @returns what stops it. */
  onSend(listener: (queue: QueueName) => void): () => void;
}

/** An event on its way to one function. */
export interface Delivery {
  readonly id: number;
  /** The same for every function that the event goes to. */
  readonly eventId: string;
  readonly detailType: BusEvent['detailType'];
  readonly detail: unknown;
  readonly publishedAtMs: number;
  /** Attempts that failed before: 0 the first time. */
  readonly attempts: number;
}

/** What a function could not be made to take. */
export interface DeadDelivery extends Delivery {
  readonly functionName: FunctionName;
  readonly cause: string;
}

export interface Deliveries extends EventBus {
  /** Takes up to `max` deliveries that are due, those due longest first. Each must be acknowledged, retried or given up. */
  take(functionName: FunctionName, max: number, nowMs: number): readonly Delivery[];
  /** Done with. */
  acknowledge(id: number): void;
  /** Due as it was before it was taken. Says nothing to one that has been settled since. */
  putBack(functionName: FunctionName, id: number): void;
  /** Due again at `atMs`, with one more failed attempt. */
  retryLater(id: number, atMs: number, cause: string): void;
  /** Sets the delivery aside with its cause, until it is sent again. */
  giveUp(id: number, cause: string): void;
  /** Deliveries neither acknowledged nor given up, taken ones included. */
  pendingCount(functionName: FunctionName): number;
  /** When the next delivery that is not taken becomes due: in the past when one is now, null when there is none. */
  nextDueMs(functionName: FunctionName): number | null;
  /** Tells each function that got a delivery, after the commit. @returns what stops it. */
  onPublish(listener: (functionName: FunctionName) => void): () => void;
}
