import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { PaperVenueGateway } from '../../../shared/adapters/exchanges/paper/paper-venue-gateway.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import { defineFunction, describeError } from '../../../shared/runtime/define-function.ts';
import { log } from '../../../shared/runtime/log.ts';
import { quarantine } from '../../../shared/runtime/quarantine.ts';
import { submitOrder } from './submit-order.ts';

const orderMessage = z.object({ clientOrderId: z.uuid() });

/**
 * Hands each order of a batch to its venue. In a FIFO queue whatever follows a failure in its group must wait, so
 * it is returned as failed as well; a message that is no order goes to quarantine and holds nobody up.
 */
export function createHandler(ports: Pick<Ports, 'state' | 'streams' | 'bus' | 'clock'>) {
  const venue = new PaperVenueGateway(ports.streams, ports.state);
  return defineFunction('submit-order', async (event: SQSEvent, invocation): Promise<SQSBatchResponse> => {
    const failed: SQSRecord[] = [];
    for (const message of event.Records) {
      if (failed.some((earlier) => sameGroup(earlier, message))) {
        failed.push(message);
        continue;
      }
      try {
        const parsed = orderMessage.safeParse(parseJson(message.body));
        if (!parsed.success) {
          await setAside(ports, message, parsed.error);
          invocation.count('quarantined');
        } else invocation.count(await submitOrder({ ...ports, venue }, parsed.data.clientOrderId));
      } catch (error) {
        // It says nothing of the message: all come again, and those done are known.
        if (error instanceof Unreachable) throw error;
        log.error('order not submitted', { messageId: message.messageId, error: describeError(error) });
        failed.push(message);
      }
    }
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}

/** Emulators leave the group out of the event; then everything counts as one group, which is safe. */
function sameGroup(a: SQSRecord, b: SQSRecord): boolean {
  return a.attributes.MessageGroupId === b.attributes.MessageGroupId;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function setAside(
  ports: Pick<Ports, 'state' | 'clock'>,
  message: SQSRecord,
  error: z.ZodError,
): Promise<void> {
  await quarantine(
    ports.state,
    {
      kind: 'message',
      cause: `not an order message: ${error.issues[0]?.message ?? 'unreadable'}`,
      payload: message.body,
      instrumentId: null,
      lane: message.attributes.MessageGroupId ?? 'orders',
      functionName: 'submit-order',
    },
    ports.clock.nowMs(),
  );
}
