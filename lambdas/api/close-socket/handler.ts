import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { forgetConnection } from '../../../shared/runtime/socket-connections.ts';
import type { SocketEvent, SocketResult } from '../../../shared/runtime/socket-event.ts';

/** Forgets a WebSocket. That it is called is not certain: push-updates forgets those that it finds gone. */
export function createHandler({ state }: Pick<Ports, 'state'>) {
  return defineFunction('close-socket', async (event: SocketEvent): Promise<SocketResult> => {
    await forgetConnection(state, event.requestContext.connectionId);
    return { statusCode: 200 };
  });
}
