import { accountOf, nameOf, type DeskMessage } from '../contracts/desk-messages.ts';
import { MAX_MESSAGES_A_CALL, type QueueMessage, type QueueSender } from '../ports/queue-sender.ts';
import type { Effect } from './outbox.ts';

const QUEUE = 'desks';

/** As an effect of a change that is committed. */
export function toDesk(message: DeskMessage): Effect & { readonly kind: 'send' } {
  return { kind: 'send', queue: QUEUE, message: queued(message) };
}

/** In their order, for whoever knows what it has to send without an outbox. */
export async function sendToDesks(queues: QueueSender, messages: readonly DeskMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += MAX_MESSAGES_A_CALL)
    await queues.send(QUEUE, messages.slice(from, from + MAX_MESSAGES_A_CALL).map(queued));
}

function queued(message: DeskMessage): QueueMessage {
  return {
    body: JSON.stringify(message),
    groupId: accountOf(message),
    deduplicationId: nameOf(message),
  };
}
