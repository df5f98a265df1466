import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { LimitExceeded } from '../../ports/state-store.ts';
import {
  MAX_BYTES_A_CALL,
  MAX_RECORD_BYTES,
  MAX_RECORDS_A_CALL,
  type StreamRecord,
  type StreamWriter,
} from '../../ports/stream-writer.ts';
import type { StreamName } from '../../topology.ts';
import { inRounds, sendUntilAccepted, type Refused, type Sleep } from './batching.ts';
import { clientOptions } from './client-options.ts';
import { streamVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

export class KinesisStreamWriter implements StreamWriter {
  readonly #environment: Environment;
  readonly #client: KinesisClient;
  readonly #sleep: Sleep | undefined;

  constructor(
    environment: Environment,
    client = new KinesisClient(clientOptions(environment)),
    sleep?: Sleep,
  ) {
    this.#environment = environment;
    this.#client = client;
    this.#sleep = sleep;
  }

  /**
   * PutRecords promises no order among its records: one call carries at most one record of a lane, and the next
   * begins when all of it is durable.
   */
  async append(stream: StreamName, records: readonly StreamRecord[]): Promise<void> {
    refuseOversize(records);
    const streamName = this.#environment.text(streamVariable(stream));
    for (const round of inRounds(records, (record) => record.partitionKey)) {
      await reaching(
        'Kinesis',
        sendUntilAccepted(round, (part) => this.#put(streamName, part), this.#sleep),
      );
    }
  }

  async #put(
    streamName: string,
    records: readonly StreamRecord[],
  ): Promise<readonly Refused<StreamRecord>[]> {
    const response = await this.#client.send(
      new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ partitionKey, explicitHashKey, data }) => ({
          PartitionKey: partitionKey,
          ExplicitHashKey: explicitHashKey,
          Data: data,
        })),
      }),
    );
    return records.flatMap((item, index) => {
      const entry = response.Records?.[index];
      if (entry?.SequenceNumber !== undefined && entry.ErrorCode === undefined) return [];
      return [{ item, cause: `${entry?.ErrorCode ?? 'NoAnswer'} ${entry?.ErrorMessage ?? ''}`.trim() }];
    });
  }
}

function refuseOversize(records: readonly StreamRecord[]): void {
  if (records.length > MAX_RECORDS_A_CALL) {
    throw new LimitExceeded(`${records.length} records in one call, at most ${MAX_RECORDS_A_CALL}`);
  }
  const sizes = records.map(({ data, partitionKey }) => data.byteLength + Buffer.byteLength(partitionKey));
  const largest = Math.max(0, ...sizes);
  if (largest > MAX_RECORD_BYTES)
    throw new LimitExceeded(`a record of ${largest} bytes, at most ${MAX_RECORD_BYTES}`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > MAX_BYTES_A_CALL)
    throw new LimitExceeded(`${total} bytes in one call, at most ${MAX_BYTES_A_CALL}`);
}
