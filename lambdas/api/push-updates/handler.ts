import type { ChannelMessage } from '../../../shared/contracts/socket-messages.ts';
import { MAX_SOCKET_MESSAGE_BYTES } from '../../../shared/ports/pusher.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction, describeError, type Invocation } from '../../../shared/runtime/define-function.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { log } from '../../../shared/runtime/log.ts';
import { forgetConnection, subscribersOf } from '../../../shared/runtime/socket-connections.ts';
import { messagesOf, type PushedEvent } from './channel-messages.ts';
import { PricePace } from './price-pace.ts';
import { withDeadline } from './with-deadline.ts';

type Needs = Pick<Ports, 'state' | 'push'>;

const LOOKUPS_AT_ONCE = 16;
const CONNECTIONS_AT_ONCE = 64;
/** A client that takes longer is left out this time: the function has 5 s for all of them. */
const PUSH_TIMEOUT_MS = 1000;

/**
 * Sends what happened to the WebSockets that asked for it. Messages show what is stored elsewhere, so one that a
 * client misses is counted and not sent again; the client reads the REST API when it comes back.
 */
export function createHandler(ports: Needs, nowMs: () => number = Date.now) {
  const pace = new PricePace(nowMs);
  return defineFunction('push-updates', async (event: PushedEvent, invocation) => {
    const messages = messagesOf(event).filter((message) => isDue(message, pace));
    const texts = await addressed(ports, messages);
    await inParallel([...texts], CONNECTIONS_AT_ONCE, async ([connectionId, queue]) =>
      pushAll(ports, connectionId, queue, invocation),
    );
  });
}

/** Of what shows how things stand, the next one makes up for what is left out, but for a book that has fallen into doubt. */
function isDue(message: ChannelMessage, pace: PricePace): boolean {
  if (message.type === 'price') return pace.admits(message.channel);
  if (message.type !== 'quote' && message.type !== 'book') return true;
  return pace.admits(message.channel) || message.data.flags.length > 0;
}

/** The messages of each connection, in order. */
async function addressed(
  { state }: Needs,
  messages: readonly ChannelMessage[],
): Promise<Map<string, string[]>> {
  const channels = [...new Set(messages.map(({ channel }) => channel))];
  const found = await inParallel(channels, LOOKUPS_AT_ONCE, async (channel) => subscribersOf(state, channel));
  const subscribers = new Map(channels.map((channel, i) => [channel, found[i]!]));
  const queues = new Map<string, string[]>();
  for (const message of messages) {
    const text = JSON.stringify(message);
    for (const connectionId of subscribers.get(message.channel) ?? []) {
      const queue = queues.get(connectionId);
      if (queue === undefined) queues.set(connectionId, [text]);
      else queue.push(text);
    }
  }
  return queues;
}

/** Never rejects: a client that fails or lags must not hold up the others. */
async function pushAll(
  { state, push }: Needs,
  connectionId: string,
  texts: readonly string[],
  invocation: Invocation,
): Promise<void> {
  for (const text of texts) {
    if (Buffer.byteLength(text) > MAX_SOCKET_MESSAGE_BYTES) {
      invocation.count('messagesTooLong');
      continue;
    }
    try {
      const delivery = await withDeadline(push.push(connectionId, text), PUSH_TIMEOUT_MS);
      if (delivery === 'delivered') {
        invocation.count('messagesPushed');
        continue;
      }
      await forgetConnection(state, connectionId);
      invocation.count('connectionsGone');
    } catch (error) {
      log.warn('push failed', { connectionId, error: describeError(error) });
      invocation.count('pushesFailed');
    }
    // What comes after a message that did not arrive would show a gap as if there were none.
    return;
  }
}
