import { problemOf } from '../../../shared/contracts/problem.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import type { SocketEvent, SocketResult } from '../../../shared/runtime/socket-event.ts';
import { admitConnection } from '../../../shared/runtime/socket-tickets.ts';

/**
 * Lets a WebSocket in against a ticket.
 * @param nowMs the wall's time, always: a ticket must expire even while a replay's clock stands still.
 */
export function createHandler({ state }: Pick<Ports, 'state'>, nowMs: () => number = Date.now) {
  return defineFunction('open-socket', async (event: SocketEvent, invocation): Promise<SocketResult> => {
    const { connectionId } = event.requestContext;
    const ticket = event.queryStringParameters?.['ticket'];
    const admission = await admitConnection(state, connectionId, ticket, nowMs());
    if (admission.kind === 'admitted') return { statusCode: 200 };
    invocation.count('socketsRefused');
    const detail = 'ticket: expected one from POST /v1/socket-tickets, unused and at most 30 s old';
    return { statusCode: 401, body: JSON.stringify(problemOf(401, detail)) };
  });
}
