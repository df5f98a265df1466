/** What functions of the one-process platform gave up: messages, events and stream records. */
import type { Storage } from '../../../embedded/storage.ts';
import { topology, type FunctionName, type QueueName } from '../../../shared/topology.ts';

export interface GivenUp {
  readonly kind: 'message' | 'event' | 'record';
  /** Which gave it up. */
  readonly function: string;
  /** Unique among those of a kind and a function. */
  readonly id: string;
  /** Of the last attempt; null for messages, as a dead-letter queue keeps none: the log has it. */
  readonly cause: string | null;
  readonly content: unknown;
}

/** @param limit of each kind. */
export function listGivenUp({ queues, bus, streamLog }: Storage, limit: number): readonly GivenUp[] {
  return [
    ...queues.deadLetters(limit).map(({ queue, messageId, body }): GivenUp => ({
      kind: 'message',
      function: workerOf(queue),
      id: `${queue}/${messageId}`,
      cause: null,
      content: JSON.parse(body),
    })),
    ...bus.deadDeliveries(limit).map(({ functionName, eventId, cause, detailType, detail }): GivenUp => ({
      kind: 'event',
      function: functionName,
      id: eventId,
      cause: causeText(cause),
      content: { detailType, detail },
    })),
    ...Array.from(
      streamLog.deadRecords(limit),
      ({ stream, sequence, consumer, partitionKey, data, cause }): GivenUp => ({
        kind: 'record',
        function: consumer,
        id: `${stream}/${sequence}`,
        cause: causeText(cause),
        content: { partitionKey, bytes: data.byteLength },
      }),
    ),
  ];
}

/** Sends all of it again. What is too late by now is denied, and what was done meanwhile is known by its id. */
export async function redriveGivenUp({ queues, bus, streamLog }: Storage) {
  const counts: [id: string, count: number][] = [];
  for (const queue of Object.keys(topology.queues) as QueueName[]) {
    counts.push([queue, await queues.count(queue)]);
    await queues.redrive(queue);
  }
  counts.push(['events', bus.redrive()]);
  counts.push(['records', streamLog.redrive()]);
  return counts
    .filter(([, count]) => count > 0)
    .map(([id, count]) => ({ id, outcome: 'redriven', detail: `${count} given up before` }));
}

function workerOf(queue: QueueName): FunctionName {
  return topology.queueWorkers.find((worker) => worker.queue === queue)!.function;
}

/** An error and what it came of in one line. Its stack is in the log. */
function causeText(stored: string): string {
  const messages: string[] = [];
  for (let error = JSON.parse(stored) as DescribedError | undefined; error !== undefined; error = error.cause)
    messages.push(error.message);
  return messages.join(': ');
}

interface DescribedError {
  readonly message: string;
  readonly cause?: DescribedError;
}
