import type { KinesisStreamEvent } from 'aws-lambda';
import { decodeRawRecord } from '../../../shared/contracts/raw-records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { LaneFences } from './lane-fences.ts';

/** Keeps each raw record as one object. The key comes with the record, so archiving twice is archiving once. */
export function createHandler(ports: Pick<Ports, 'objects' | 'state'>) {
  const fences = new LaneFences(ports.state);
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
      const { fence = null } = decoded.kind === 'claim' ? decoded : decoded.header;
      if (!(await fences.pass(kinesis.partitionKey, fence))) {
        invocation.count('recordsFenced');
        continue;
      }
      if (decoded.kind === 'claim') continue;
      await ports.objects.put(decoded.header.objectKey, decoded.gzipMember, 'application/gzip');
      invocation.count('messagesArchived', decoded.header.messages);
    }
  });
}
