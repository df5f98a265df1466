import type { GivenUp, GivenUpFilter, GivenUpKind, GivenUpStore, Redriven } from '../../ports/given-up.ts';
import { topology, type FunctionName } from '../../topology.ts';
import type { Environment } from './environment.ts';
import { EventBridgeBus } from './event-bridge-bus.ts';
import { KinesisStreamWriter } from './kinesis-stream-writer.ts';
import { S3FailedBatches } from './s3-failed-batches.ts';
import { SqsDeadLetters } from './sqs-dead-letters.ts';
import { SqsFailedEvents } from './sqs-failed-events.ts';

export interface GivenUpPlaces {
  readonly records: Pick<S3FailedBatches, 'list' | 'redrive'>;
  readonly events: Pick<SqsFailedEvents, 'list' | 'redrive'>;
  readonly messages: Pick<SqsDeadLetters, 'list' | 'redrive'>;
}

/** Everything that was given up on AWS: batches in a bucket, failed events and dead letters in queues. */
export class AwsGivenUp implements GivenUpStore {
  readonly #places: GivenUpPlaces;

  constructor(places: GivenUpPlaces) {
    this.#places = places;
  }

  async list({ kind, function: only }: GivenUpFilter, limit: number): Promise<readonly GivenUp[]> {
    const wanted = (one: GivenUpKind): boolean => kind === null || kind === one;
    const { records, events, messages } = this.#places;
    const letters: GivenUp[] = [];
    if (wanted('message')) {
      for (const { queue, function: worker } of topology.queueWorkers) {
        if (only !== null && worker !== only) continue;
        letters.push(...(await messages.list(queue, worker, limit - letters.length)));
      }
    }
    return [
      ...letters,
      ...(wanted('event') ? await events.list(only, limit) : []),
      ...(wanted('record') ? await records.list(only, limit) : []),
    ];
  }

  async redrive({ kind, function: only }: GivenUpFilter): Promise<readonly Redriven[]> {
    const wanted = (one: GivenUpKind): boolean => kind === null || kind === one;
    const { records, events } = this.#places;
    return [
      ...(wanted('message') ? await this.#redriveMessages(only) : []),
      ...(wanted('event') ? await events.redrive(only) : []),
      ...(wanted('record') ? await records.redrive(only) : []),
    ];
  }

  async #redriveMessages(only: FunctionName | null): Promise<readonly Redriven[]> {
    const counts = new Map<FunctionName, number>();
    for (const { queue, function: worker } of topology.queueWorkers) {
      if (only !== null && worker !== only) continue;
      const moved = await this.#places.messages.redrive(queue);
      if (moved > 0) counts.set(worker, (counts.get(worker) ?? 0) + moved);
    }
    return Array.from(counts, ([name, redriven]) => ({
      kind: 'message',
      function: name,
      redriven,
      left: null,
    }));
  }
}

export function openAwsGivenUp(environment: Environment): AwsGivenUp {
  return new AwsGivenUp({
    records: new S3FailedBatches(environment, new KinesisStreamWriter(environment)),
    events: new SqsFailedEvents(environment, new EventBridgeBus(environment)),
    messages: new SqsDeadLetters(environment),
  });
}
