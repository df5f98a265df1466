import type { KinesisStreamEvent } from 'aws-lambda';
import { decodeRawRecord } from '../../../shared/contracts/raw-records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';

/** Keeps each raw record as one object. The key comes with the record, so archiving twice is archiving once. */
export function createHandler(ports: Pick<Ports, 'objects'>) {
  return defineFunction('archive-raw', async (event: KinesisStreamEvent, invocation) => {
    for (const { kinesis } of event.Records) {
      const data = Buffer.from(kinesis.data, 'base64');
      const decoded = decodeRawRecord(data);
      if (typeof decoded === 'string') {
        // Nothing is swallowed: what cannot be read is kept as it came, under its place in the stream.
        await ports.objects.put(`unreadable/${kinesis.sequenceNumber}`, data, 'application/octet-stream');
        invocation.count('rawUnreadable');
        continue;
      }
      await ports.objects.put(decoded.header.objectKey, decoded.gzipMember, 'application/gzip');
      invocation.count('messagesArchived', decoded.header.messages);
    }
  });
}
