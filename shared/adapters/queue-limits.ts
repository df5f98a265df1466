/** What every queue refuses alike, as SQS would, and for how long it knows a message. */
import { MAX_MESSAGE_BYTES, MAX_MESSAGES_A_CALL, type QueueMessage } from '../ports/queue-sender.ts';
import { LimitExceeded } from '../ports/state-store.ts';

/** Also the range of an SQS group or deduplication id. */
const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;
export const DEDUPLICATION_MS = 5 * 60_000;

export function readReceipt(receiptHandle: string): readonly [id: number, receives: number] {
  const match = /^(\d+)-(\d+)$/.exec(receiptHandle);
  if (match === null) throw new RangeError(`not a receipt handle: ${JSON.stringify(receiptHandle)}`);
  return [Number(match[1]), Number(match[2])];
}

export function checkMessages(messages: readonly QueueMessage[]): void {
  if (messages.length > MAX_MESSAGES_A_CALL) {
    throw new LimitExceeded(`a call sends at most ${MAX_MESSAGES_A_CALL} messages, not ${messages.length}`);
  }
  for (const { body, groupId, deduplicationId } of messages) {
    const bytes = Buffer.byteLength(body);
    if (bytes < 1 || bytes > MAX_MESSAGE_BYTES) {
      throw new LimitExceeded(`a message has 1 to ${MAX_MESSAGE_BYTES} bytes, not ${bytes}`);
    }
    if (!PRINTABLE_ID.test(groupId)) throw new LimitExceeded(idRule('groupId', groupId));
    if (!PRINTABLE_ID.test(deduplicationId))
      throw new LimitExceeded(idRule('deduplicationId', deduplicationId));
  }
}

function idRule(field: string, id: string): string {
  return `${field}: expected 1 to 128 printable ASCII characters without spaces, got ${JSON.stringify(id)}`;
}
