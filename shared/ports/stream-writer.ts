import { hashKeyOf } from '../domain/market-data/lane-hash-key.ts';
import type { Lane } from '../domain/market-data/lane.ts';
import type { StreamName } from '../topology.ts';

export interface StreamRecord {
  /** The lane: order is kept among records that share it. */
  readonly partitionKey: string;
  /** Which shard takes it, as a decimal below 2^128: the same for every record of a lane. */
  readonly explicitHashKey: string;
  readonly data: Uint8Array;
}

/** The one way to write into a lane. @throws RangeError for a lane of no known exchange */
export function recordOfLane(lane: Lane, data: Uint8Array): StreamRecord {
  return { partitionKey: lane, explicitHashKey: hashKeyOf(lane), data };
}

export interface StreamWriter {
  /**
   * Appends the records of a call in their order, and resolves when all are durable. Callers keep one call per
   * lane in flight. At most 500 records, 1 MB each, 5 MB a call. @throws LimitExceeded
   */
  append(stream: StreamName, records: readonly StreamRecord[]): Promise<void>;
}

export const MAX_RECORD_BYTES = 1024 * 1024;
export const MAX_RECORDS_A_CALL = 500;
export const MAX_BYTES_A_CALL = 5 * 1024 * 1024;
