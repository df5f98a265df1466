import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { MAX_SOCKET_MESSAGE_BYTES, type Pusher } from '../../ports/pusher.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { clientOptions } from './client-options.ts';
import { SOCKET_ENDPOINT, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

export class ApiGatewayPusher implements Pusher {
  readonly #client: ApiGatewayManagementApiClient;

  constructor(
    environment: Environment,
    client = new ApiGatewayManagementApiClient(clientOptions({ endpoint: managementEndpoint(environment) })),
  ) {
    this.#client = client;
  }

  async push(connectionId: string, message: string): Promise<'delivered' | 'gone'> {
    const data = Buffer.from(message);
    if (data.byteLength > MAX_SOCKET_MESSAGE_BYTES) {
      throw new LimitExceeded(
        `a socket message of ${data.byteLength} bytes, at most ${MAX_SOCKET_MESSAGE_BYTES}`,
      );
    }
    const command = new PostToConnectionCommand({ ConnectionId: connectionId, Data: data });
    try {
      await reaching('the WebSocket gateway', this.#client.send(command));
      return 'delivered';
    } catch (error) {
      if (error instanceof GoneException) return 'gone';
      throw error;
    }
  }
}

/** An emulator serves the management API beneath its own endpoint, which is not known when the stack is written. */
function managementEndpoint(environment: Environment): string {
  return new URL(environment.text(SOCKET_ENDPOINT), environment.endpoint ?? undefined).href;
}
