/** What every log refuses alike, as Kinesis would. */
import { LimitExceeded } from '../ports/state-store.ts';
import {
  MAX_BYTES_A_CALL,
  MAX_RECORD_BYTES,
  MAX_RECORDS_A_CALL,
  type StreamRecord,
} from '../ports/stream-writer.ts';

const MAX_PARTITION_KEY_BYTES = 256;

/** @throws LimitExceeded */
export function checkAppend(records: readonly StreamRecord[]): void {
  if (records.length > MAX_RECORDS_A_CALL) {
    throw new LimitExceeded(`a call appends at most ${MAX_RECORDS_A_CALL} records, not ${records.length}`);
  }
  let total = 0;
  for (const { partitionKey, data } of records) {
    const keyBytes = Buffer.byteLength(partitionKey);
    if (keyBytes < 1 || keyBytes > MAX_PARTITION_KEY_BYTES) {
      throw new LimitExceeded(`a partition key has 1 to ${MAX_PARTITION_KEY_BYTES} bytes, not ${keyBytes}`);
    }
    const bytes = keyBytes + data.byteLength;
    if (bytes > MAX_RECORD_BYTES)
      throw new LimitExceeded(`a record has at most ${MAX_RECORD_BYTES} bytes, not ${bytes}`);
    total += bytes;
  }
  if (total > MAX_BYTES_A_CALL)
    throw new LimitExceeded(`a call has at most ${MAX_BYTES_A_CALL} bytes, not ${total}`);
}
