import type { GivenUp, GivenUpFilter, GivenUpKind, GivenUpStore, Redriven } from '../../ports/given-up.ts';
import { topology, type FunctionName, type QueueName } from '../../topology.ts';
import type { SqliteEventBus } from './sqlite-event-bus.ts';
import type { SqliteQueues } from './sqlite-queues.ts';
import type { SqliteStreamLog } from './sqlite-stream-log.ts';

export interface GivenUpPlaces {
  readonly queues: SqliteQueues;
  readonly bus: SqliteEventBus;
  readonly streamLog: SqliteStreamLog;
}

/** More than any folder should ever have; each that is listed is read whole. */
const MAX_COUNTED = 100_000;

/** What functions of the one-process platform gave up: messages, events and stream records of its data folder. */
export class EmbeddedGivenUp implements GivenUpStore {
  readonly #places: GivenUpPlaces;

  constructor(places: GivenUpPlaces) {
    this.#places = places;
  }

  async list(filter: GivenUpFilter, limit: number): Promise<readonly GivenUp[]> {
    return (['message', 'event', 'record'] as const).flatMap((kind) => [
      ...upTo(limit, this.#matching(kind, filter)),
    ]);
  }

  async redrive(filter: GivenUpFilter): Promise<readonly Redriven[]> {
    return [
      ...(await this.#redriveMessages(this.#functions('message', filter))),
      ...this.#functions('event', filter).map((name) =>
        redrivenOf('event', name, this.#places.bus.redrive(name)),
      ),
      ...this.#redriveRecords(filter),
    ];
  }

  async #redriveMessages(names: readonly FunctionName[]): Promise<readonly Redriven[]> {
    const counts = new Map<FunctionName, number>();
    for (const { queue, function: worker } of topology.queueWorkers) {
      if (!names.includes(worker)) continue;
      counts.set(worker, (counts.get(worker) ?? 0) + (await this.#places.queues.redrive(queue)));
    }
    return Array.from(counts, ([name, count]) => redrivenOf('message', name, count));
  }

  /** A record goes once, however many gave it up: it counts for the first of them. */
  #redriveRecords(filter: GivenUpFilter): readonly Redriven[] {
    return this.#functions('record', filter).flatMap((name) => {
      const count = this.#places.streamLog.redrive(name);
      return count === 0 ? [] : [redrivenOf('record', name, count)];
    });
  }

  #functions(kind: GivenUpKind, filter: GivenUpFilter): FunctionName[] {
    return [...new Set(upTo(MAX_COUNTED, this.#matching(kind, filter)).map((one) => one.function))];
  }

  *#matching(kind: GivenUpKind, filter: GivenUpFilter): Generator<GivenUp> {
    if (filter.kind !== null && filter.kind !== kind) return;
    for (const one of this.#all(kind))
      if (filter.function === null || filter.function === one.function) yield one;
  }

  #all(kind: GivenUpKind): Iterable<GivenUp> {
    const { queues, bus, streamLog } = this.#places;
    switch (kind) {
      case 'message':
        return queues.deadLetters(MAX_COUNTED).map(({ queue, messageId, receives, body }) => ({
          kind,
          function: workerOf(queue),
          id: `${queue}/${messageId}`,
          cause: null,
          attempts: receives,
          givenUpAtMs: null,
          content: JSON.parse(body) as unknown,
        }));
      case 'event':
        return bus.deadDeliveries(MAX_COUNTED).map((dead) => ({
          kind,
          function: dead.functionName,
          id: dead.eventId,
          cause: causeText(dead.cause),
          attempts: dead.attempts,
          givenUpAtMs: null,
          content: { detailType: dead.detailType, detail: dead.detail },
        }));
      case 'record':
        return recordsOf(streamLog);
    }
  }
}

function* recordsOf(streamLog: SqliteStreamLog): Generator<GivenUp> {
  for (const dead of streamLog.deadRecords(MAX_COUNTED)) {
    yield {
      kind: 'record',
      function: dead.consumer as FunctionName,
      id: `${dead.stream}/${dead.sequence}`,
      cause: causeText(dead.cause),
      attempts: topology.streamConsumers.find((one) => one.function === dead.consumer)?.retryAttempts ?? null,
      givenUpAtMs: null,
      content: { partitionKeys: [dead.partitionKey], records: 1, bytes: dead.data.byteLength },
    };
  }
}

function redrivenOf(kind: GivenUpKind, name: FunctionName, redriven: number): Redriven {
  return { kind, function: name, redriven, left: null };
}

function upTo<T>(limit: number, from: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const one of from) {
    if (taken.length === limit) break;
    taken.push(one);
  }
  return taken;
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
