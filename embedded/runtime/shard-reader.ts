import type { KinesisStreamRecord } from 'aws-lambda';
import type { LogRecord, StreamLog } from '../../shared/adapters/delivery.ts';
import type { StreamName } from '../../shared/topology.ts';

/** What the slower of a stream's consumers are behind is rarely more; beyond it they read from the log again. */
const MAX_CACHED_BYTES = 4 * 1024 * 1024;

export interface ShardRecord {
  readonly sequence: number;
  readonly record: KinesisStreamRecord;
  readonly bytes: number;
}

/** Reads a stream for all its consumers: each record is read from the log and turned into an event's record once. */
export class ShardReader {
  readonly #streamLog: StreamLog;
  readonly #stream: StreamName;
  /** In order of sequence. */
  readonly #cached = new Map<number, ShardRecord>();
  #cachedBytes = 0;

  constructor(streamLog: StreamLog, stream: StreamName) {
    this.#streamLog = streamLog;
    this.#stream = stream;
  }

  /** Records after a sequence, oldest first; at least one if there is any. */
  read(afterSequence: number, maxRecords: number, maxBytes: number): readonly ShardRecord[] {
    const cached = this.#fromCache(afterSequence, maxRecords, maxBytes);
    if (cached.length > 0) return cached;
    const records = this.#streamLog
      .read(this.#stream, afterSequence, maxRecords, maxBytes)
      .map((record) => shardRecord(this.#stream, record));
    for (const record of records) this.#cache(record);
    return records;
  }

  /** Every consumer has what lies through this sequence behind it. */
  forget(throughSequence: number): void {
    for (const [sequence, record] of this.#cached) {
      if (sequence > throughSequence) return;
      this.#cached.delete(sequence);
      this.#cachedBytes -= record.bytes;
    }
  }

  #fromCache(afterSequence: number, maxRecords: number, maxBytes: number): ShardRecord[] {
    const records: ShardRecord[] = [];
    let bytes = 0;
    for (let sequence = afterSequence + 1; records.length < maxRecords; sequence++) {
      const record = this.#cached.get(sequence);
      if (record === undefined || (bytes + record.bytes > maxBytes && records.length > 0)) break;
      records.push(record);
      bytes += record.bytes;
    }
    return records;
  }

  #cache(record: ShardRecord): void {
    if (this.#cached.has(record.sequence)) return;
    this.#cached.set(record.sequence, record);
    this.#cachedBytes += record.bytes;
    for (const [sequence, oldest] of this.#cached) {
      if (this.#cachedBytes <= MAX_CACHED_BYTES) return;
      this.#cached.delete(sequence);
      this.#cachedBytes -= oldest.bytes;
    }
  }
}

const CONSUMER_CONTEXT = {
  eventVersion: '1.0',
  eventSource: 'aws:kinesis',
  eventName: 'aws:kinesis:record',
  awsRegion: 'embedded',
  invokeIdentityArn: 'arn:aws:iam::000000000000:role/embedded',
} as const;

function shardRecord(
  stream: StreamName,
  { sequence, data, partitionKey, arrivalMs }: LogRecord,
): ShardRecord {
  return {
    sequence,
    bytes: data.byteLength,
    record: {
      ...CONSUMER_CONTEXT,
      eventID: `shardId-000000000000:${sequence}`,
      eventSourceARN: `arn:aws:kinesis:embedded:000000000000:stream/${stream}`,
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: String(sequence),
        data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        approximateArrivalTimestamp: arrivalMs / 1000,
      },
    },
  };
}
