import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { PaperVenueGateway } from '../../../shared/adapters/exchanges/paper/paper-venue-gateway.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction, describeError } from '../../../shared/runtime/define-function.ts';
import { parsedBody, takeInOrder } from '../../../shared/runtime/fifo-batch.ts';
import { log } from '../../../shared/runtime/log.ts';
import { quarantine } from '../../../shared/runtime/quarantine.ts';
import { submitOrder } from './submit-order.ts';

const orderMessage = z.object({ clientOrderId: z.uuid() });

/** Hands each order of a batch to its venue. A message that is no order goes to quarantine and holds nobody up. */
export function createHandler(ports: Pick<Ports, 'state' | 'streams' | 'bus' | 'queues' | 'clock'>) {
  const venue = new PaperVenueGateway(ports.streams, ports.state);
  return defineFunction(
    'submit-order',
    async ({ Records }: SQSEvent, invocation): Promise<SQSBatchResponse> =>
      takeInOrder(
        Records,
        async (message) => {
          const parsed = orderMessage.safeParse(parsedBody(message));
          if (parsed.success)
            invocation.count(await submitOrder({ ...ports, venue }, parsed.data.clientOrderId));
          else {
            await setAside(ports, message, parsed.error);
            invocation.count('quarantined');
          }
        },
        ({ messageId }, error) => {
          log.error('order not submitted', { messageId, error: describeError(error) });
        },
      ),
  );
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
