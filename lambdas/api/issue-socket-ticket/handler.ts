import type { Ports } from '../../../shared/ports/index.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { issueTicket } from '../../../shared/runtime/socket-tickets.ts';

/**
 * Gives a one-use ticket for the WebSocket.
 * @param nowMs the wall's time, always: a ticket must expire even while a replay's clock stands still.
 */
export function createHandler({ state }: Pick<Ports, 'state'>, nowMs: () => number = Date.now) {
  return defineRestFunction('issue-socket-ticket', {
    'POST /v1/socket-tickets': async ({ subject, role }) => {
      if (role === null) return { kind: 'forbidden', detail: 'token: it does not allow this' };
      return { kind: 'done', body: await issueTicket(state, { subject, role }, nowMs()) };
    },
  });
}
