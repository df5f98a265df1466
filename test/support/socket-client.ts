import { randomUUID } from 'node:crypto';
import type { FunctionHandler } from '../../shared/runtime/define-function.ts';
import type { SocketEvent, SocketResult } from '../../shared/runtime/socket-event.ts';

/** Calls one of the functions behind the WebSocket with a gateway's event. */
export function socketClient(handler: FunctionHandler<SocketEvent, SocketResult>) {
  return async (
    connectionId: string,
    parts: Omit<SocketEvent, 'requestContext'> = {},
  ): Promise<SocketResult> =>
    handler(
      { requestContext: { connectionId, routeKey: '$default' }, ...parts },
      { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 5000 },
    );
}
