import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { PaperVenueGateway } from '../../../shared/adapters/exchanges/paper/paper-venue-gateway.ts';
import { fieldErrors, firstFieldError } from '../../../shared/contracts/problem.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction, describeError } from '../../../shared/runtime/define-function.ts';
import { parsedBody, takeInOrder } from '../../../shared/runtime/fifo-batch.ts';
import { log } from '../../../shared/runtime/log.ts';
import { quarantineMessage } from '../../../shared/runtime/quarantine.ts';
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
            const cause = `not an order message: ${firstFieldError(fieldErrors(parsed.error), 'message')}`;
            await quarantineMessage(ports, 'submit-order', message, cause, message.body);
            invocation.count('quarantined');
          }
        },
        ({ messageId }, error) => {
          log.error('order not submitted', { messageId, error: describeError(error) });
        },
      ),
  );
}
