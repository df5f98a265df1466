import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseFailedBatch, type FailedBatch } from '../../contracts/failure-records.ts';
import { withoutFence } from '../../contracts/fence.ts';
import type { GivenUp, Redriven } from '../../ports/given-up.ts';
import {
  MAX_BYTES_A_CALL,
  MAX_RECORDS_A_CALL,
  recordOfLane,
  type StreamRecord,
  type StreamWriter,
} from '../../ports/stream-writer.ts';
import { topology, type FunctionName } from '../../topology.ts';
import { clientOptions } from './client-options.ts';
import { FAILURES_BUCKET, FUNCTIONS_PATH, type Environment } from './environment.ts';
import { readParametersBelow } from './parameters-below.ts';

/** Lambda's own: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`. */
const WAITING_PREFIX = 'aws/lambda/';
const REDRIVEN_PREFIX = 'redriven/';
/** A redrive ends even when batches are given up as fast as they are sent. */
const MAX_BATCHES = 10_000;

interface WaitingBatch {
  readonly key: string;
  readonly batch: FailedBatch | string;
  readonly function: FunctionName | null;
}

/** Batches of a stream that a function could not be made to take, as Lambda leaves them in the failures bucket. */
export class S3FailedBatches {
  readonly #environment: Environment;
  readonly #streams: StreamWriter;
  readonly #objects: S3Client;
  readonly #parameters: SSMClient;

  constructor(
    environment: Environment,
    streams: StreamWriter,
    objects = new S3Client({
      ...clientOptions(environment),
      forcePathStyle: environment.endpoint !== null,
    }),
    parameters = new SSMClient(clientOptions(environment)),
  ) {
    this.#environment = environment;
    this.#streams = streams;
    this.#objects = objects;
    this.#parameters = parameters;
  }

  async list(only: FunctionName | null, limit: number): Promise<readonly GivenUp[]> {
    const found: GivenUp[] = [];
    for await (const { key, batch, function: name } of this.#waiting()) {
      if (name === null || typeof batch === 'string' || (only !== null && name !== only)) continue;
      found.push({
        kind: 'record',
        function: name,
        id: key,
        cause: batch.cause,
        attempts: batch.attempts,
        givenUpAtMs: batch.givenUpAtMs,
        content: {
          partitionKeys: [...new Set(batch.records.map(({ partitionKey }) => partitionKey))],
          records: batch.records.length,
          bytes: batch.records.reduce((sum, { data }) => sum + data.byteLength, 0),
        },
      });
      if (found.length === limit) break;
    }
    return found;
  }

  /**
   * Appends the records of each batch to their stream, oldest batch first, and moves the object away when they are
   * durable there. They get new sequence numbers, which the folds want: under their old ones they would be passed over
   * as done. Trades that landed are known by their ids, those that are late make revisions.
   */
  async redrive(only: FunctionName | null): Promise<readonly Redriven[]> {
    const counts = new Map<FunctionName, { redriven: number; left: string | null }>();
    let seen = 0;
    for await (const { key, batch, function: name } of this.#waiting()) {
      if (++seen > MAX_BATCHES) break;
      const consumer = topology.streamConsumers.find((one) => one.function === name);
      if (consumer === undefined || (only !== null && name !== only)) continue;
      const count = counts.get(consumer.function) ?? { redriven: 0, left: null };
      counts.set(consumer.function, count);
      const records = typeof batch === 'string' ? batch : laidAgain(batch);
      if (typeof records === 'string') count.left = `${key}: ${records}`;
      else {
        for (const call of inCalls(records)) await this.#streams.append(consumer.stream, call);
        await this.#moveAway(key);
        count.redriven += records.length;
      }
    }
    return Array.from(counts, ([name, count]) => ({ kind: 'record', function: name, ...count }));
  }

  async *#waiting(): AsyncGenerator<WaitingBatch> {
    const path = this.#environment.text(FUNCTIONS_PATH);
    const physicalNames = await readParametersBelow(this.#parameters, path);
    const names = new Map(Array.from(physicalNames, ([name, physical]) => [physical, name]));
    // By the time at the end of the key: a lane's batches go again in the order in which they were given up.
    const keys = (await this.#keys()).sort((a, b) => (timeInKey(a) < timeInKey(b) ? -1 : 1));
    for (const key of keys) {
      const text = await this.#read(key);
      if (text === null) continue;
      const batch = parseFailedBatch(text);
      const arn = typeof batch === 'string' ? arnIn(text) : batch.functionArn;
      yield { key, batch, function: (names.get(functionOfArn(arn)) as FunctionName | undefined) ?? null };
    }
  }

  async #keys(): Promise<string[]> {
    const keys: string[] = [];
    let after: string | undefined;
    while (keys.length < MAX_BATCHES) {
      const { Contents = [], IsTruncated } = await this.#objects.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: WAITING_PREFIX,
          ...(after === undefined ? {} : { StartAfter: after }),
        }),
      );
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      after = keys.at(-1);
      if (IsTruncated !== true) break;
    }
    return keys;
  }

  /** null: another redrive has moved it away meanwhile. */
  async #read(key: string): Promise<string | null> {
    try {
      const { Body } = await this.#objects.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return null;
      throw error;
    }
  }

  async #moveAway(key: string): Promise<void> {
    const Bucket = this.#bucket;
    const source = `${Bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    await this.#objects.send(
      new CopyObjectCommand({ Bucket, Key: `${REDRIVEN_PREFIX}${key}`, CopySource: source }),
    );
    await this.#objects.send(new DeleteObjectCommand({ Bucket, Key: key }));
  }

  get #bucket(): string {
    return this.#environment.text(FAILURES_BUCKET);
  }
}

function timeInKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]` */
function functionOfArn(arn: string | null): string {
  return arn?.split(':')[6] ?? '';
}

/** Of an object that is not whole: so that whoever asks for a function hears of it. */
function arnIn(text: string): string | null {
  return /"functionArn"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? null;
}

/** Each into its lane. @returns a line that says which lane there is none of. */
function laidAgain({ records }: FailedBatch): StreamRecord[] | string {
  try {
    return records.map(({ partitionKey, data }) => recordOfLane(partitionKey, withoutFence(data)));
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** As many as one call takes, in their order. */
function inCalls(records: readonly StreamRecord[]): StreamRecord[][] {
  const calls: StreamRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(record.partitionKey) + record.data.byteLength;
    const call = calls.at(-1);
    if (call === undefined || bytes + size > MAX_BYTES_A_CALL || call.length === MAX_RECORDS_A_CALL) {
      calls.push([record]);
      bytes = size;
    } else {
      call.push(record);
      bytes += size;
    }
  }
  return calls;
}
