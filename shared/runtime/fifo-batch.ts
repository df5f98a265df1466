/** Batches of FIFO queues: what follows a failure in its group has to wait for it. */
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { Unreachable } from '../ports/unreachable.ts';

/**
 * Takes message after message. One that fails is returned as failed together with all that follow it in its group; other
 * groups go on.
 * @param onFailure what is said of it; a failure of that itself fails the message as well
 * @throws Unreachable: it says nothing of the message, all come again, and those done are known
 */
export async function takeInOrder(
  messages: readonly SQSRecord[],
  take: (message: SQSRecord) => Promise<void>,
  onFailure: (message: SQSRecord, error: unknown) => void,
): Promise<SQSBatchResponse> {
  const failed: SQSRecord[] = [];
  for (const message of messages) {
    if (failed.some((earlier) => sameGroup(earlier, message))) {
      failed.push(message);
      continue;
    }
    try {
      await take(message);
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      onFailure(message, error);
      failed.push(message);
    }
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Emulators leave the group out of the event; then everything counts as one group, which is safe. */
function sameGroup(a: SQSRecord, b: SQSRecord): boolean {
  return a.attributes.MessageGroupId === b.attributes.MessageGroupId;
}

/** Text that is no JSON becomes undefined, which no schema takes. */
export function parsedBody({ body }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
