import { fieldErrors, firstFieldError } from '../../../shared/contracts/problem.ts';
import {
  MAX_CHANNELS_A_CONNECTION,
  socketRequest,
  type SocketAnswer,
  type SocketRequest,
} from '../../../shared/contracts/socket-messages.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { changeSubscriptions, forgetConnection } from '../../../shared/runtime/socket-connections.ts';
import type { SocketEvent, SocketResult } from '../../../shared/runtime/socket-event.ts';

type Needs = Pick<Ports, 'state' | 'push'>;

/** Subscribes and unsubscribes channels, and answers each request over the same WebSocket. */
export function createHandler(ports: Needs) {
  return defineFunction('receive-socket-message', async (event: SocketEvent): Promise<SocketResult> => {
    const { connectionId } = event.requestContext;
    const answer = await answerMessage(ports, connectionId, textOf(event));
    const delivery = await ports.push.push(connectionId, JSON.stringify(answer));
    if (delivery === 'gone') await forgetConnection(ports.state, connectionId);
    return { statusCode: 200 };
  });
}

function textOf({ body, isBase64Encoded }: SocketEvent): string {
  const text = body ?? '';
  return isBase64Encoded === true ? Buffer.from(text, 'base64').toString('utf8') : text;
}

async function answerMessage({ state }: Needs, connectionId: string, text: string): Promise<SocketAnswer> {
  const request = parseMessage(text);
  if ('type' in request) return request;
  const outcome = await changeSubscriptions(state, connectionId, request);
  switch (outcome.kind) {
    case 'changed':
      return { type: 'subscribed', channels: [...outcome.channels] };
    case 'too-many':
      return refusal(`channels: expected at most ${MAX_CHANNELS_A_CONNECTION} on one connection`);
    case 'forbidden':
      return refusal('action: the token behind this connection does not allow it');
    case 'unknown-connection':
      return refusal('this connection is closed: connect again with a new ticket');
  }
}

function parseMessage(text: string): SocketRequest | SocketAnswer {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return refusal('message: expected JSON such as {"action":"subscribe","channels":["orders"]}');
  }
  const parsed = socketRequest.safeParse(message);
  return parsed.success ? parsed.data : refusal(firstFieldError(fieldErrors(parsed.error), 'message'));
}

function refusal(detail: string): SocketAnswer {
  return { type: 'error', detail };
}
