import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { LogRecord } from '../../shared/adapters/delivery.ts';

/** Records of the embedded log as a function gets them. */
export function streamEvent(records: readonly LogRecord[]): KinesisStreamEvent {
  return { Records: records.map(streamRecord) };
}

function streamRecord({ sequence, partitionKey, data, arrivalMs }: LogRecord): KinesisStreamRecord {
  const kinesis = {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    sequenceNumber: String(sequence),
    approximateArrivalTimestamp: arrivalMs / 1000,
    data: Buffer.from(data).toString('base64'),
  };
  return { kinesis } as KinesisStreamRecord;
}
