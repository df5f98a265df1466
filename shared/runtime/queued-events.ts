/** Events of the bus that come to a function out of a queue: they wait there for as many tries as the topology says. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { FunctionHandler } from './define-function.ts';

/**
 * Calls a handler of events with each that a queue holds. One that fails is failed alone, and its error is in the log by
 * then; one that cannot be read as JSON goes the same way, and ends among the failed events.
 */
export function takingQueuedEvents<Event>(
  handler: FunctionHandler<Event, void>,
): FunctionHandler<SQSEvent, SQSBatchResponse> {
  return async ({ Records }, context) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of Records) {
      try {
        await handler(JSON.parse(body) as Event, context);
      } catch {
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}
