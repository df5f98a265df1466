import type { StreamName } from '../topology.ts';

export interface StreamRecord {
  /** The lane: order is kept among records that share it. */
  readonly partitionKey: string;
  readonly data: Uint8Array;
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
