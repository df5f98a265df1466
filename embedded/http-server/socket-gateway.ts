/** The WebSocket half of the server: what API Gateway's WebSocket API is on AWS. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { MAX_SOCKET_MESSAGE_BYTES } from '../../shared/ports/pusher.ts';
import { unavailableDetail, type Problem } from '../../shared/contracts/problem.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import type { SocketEvent, SocketResult } from '../../shared/runtime/socket-event.ts';
import { CONNECTION_LIFETIME_MS } from '../../shared/runtime/socket-tickets.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { isLocalHost, isLocalOrigin } from './local-host.ts';
import { refuseSocket } from './respond.ts';
import type { SocketPusher } from './socket-pusher.ts';

export const SOCKET_PATH = '/v1/socket';

export interface SocketGatewayOptions {
  readonly invoke: (functionName: FunctionName, event: unknown) => Promise<unknown>;
  readonly pusher: SocketPusher;
  readonly pingIntervalMs?: number;
  readonly maxConnections?: number;
}

type RouteKey = (typeof topology.socketRoutes)[number]['routeKey'];

const DEFAULT_PING_INTERVAL_MS = 30_000;
const DEFAULT_MAX_CONNECTIONS = 100;
/** Messages of one client that wait for their turn. */
const MAX_WAITING_MESSAGES = 32;
const CLOSE_GRACE_MS = 1000;
/** A message beyond this is cut off by the protocol's own code and without a word; up to it we can say why. */
const MAX_RECEIVED_BYTES = 4 * MAX_SOCKET_MESSAGE_BYTES;

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;

interface Connection {
  readonly id: string;
  readonly socket: WebSocket;
  /** It has answered since the last ping. */
  alive: boolean;
  waiting: number;
  /** Messages are handled one after the other: a client's requests keep their order. */
  last: Promise<void>;
}

export class SocketGateway {
  readonly #options: SocketGatewayOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_RECEIVED_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #connections = new Map<string, Connection>();
  readonly #ending = new Set<Promise<void>>();
  readonly #ping: NodeJS.Timeout;
  #opening = 0;
  #closed = false;

  constructor(options: SocketGatewayOptions) {
    this.#options = options;
    this.#ping = setInterval(() => this.#pingAll(), options.pingIntervalMs ?? DEFAULT_PING_INTERVAL_MS);
    this.#ping.unref();
  }

  /** Answers a request for an upgrade: the function behind $connect decides. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A client that leaves during the handshake must not bring the process down.
    socket.on('error', () => socket.destroy());
    const refusal = this.#refusalOf(request);
    if (refusal !== null) {
      refuseSocket(socket, refusal.status, refusal.detail);
      return;
    }
    this.#opening++;
    try {
      await this.#open(request, socket, head);
    } catch (error) {
      if (error instanceof Unreachable) {
        refuseSocket(socket, 503, unavailableDetail(error.store));
        return;
      }
      log.error('a WebSocket could not be opened', { error: describeError(error) });
      refuseSocket(socket, 500, 'the connection could not be opened: the log says why');
    } finally {
      this.#opening--;
    }
  }

  /** Says goodbye to every client, and resolves when the functions have been told that they left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ping);
    for (const { socket } of this.#connections.values()) socket.close(GOING_AWAY, 'the server stops');
    const cutOff = setTimeout(() => {
      for (const { socket } of this.#connections.values()) socket.terminate();
    }, CLOSE_GRACE_MS);
    await Promise.all([...this.#connections.values()].map(async ({ socket }) => closed(socket)));
    clearTimeout(cutOff);
    await Promise.all(this.#ending);
  }

  #refusalOf(request: IncomingMessage): Pick<Problem, 'status' | 'detail'> | null {
    if (!isLocalHost(request.headers.host))
      return { status: 421, detail: 'host: expected 127.0.0.1 or localhost' };
    if (!isLocalOrigin(request.headers.origin))
      return { status: 403, detail: 'origin: expected a page of this server' };
    if (urlOf(request).pathname !== SOCKET_PATH) {
      return { status: 404, detail: `no WebSocket there: expected ${SOCKET_PATH}` };
    }
    const limit = this.#options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    if (this.#connections.size + this.#opening >= limit || this.#closed) {
      return { status: 503, detail: `expected at most ${limit} connections at once` };
    }
    return null;
  }

  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const id = randomUUID();
    const queryStringParameters = Object.fromEntries(urlOf(request).searchParams);
    const result = await this.#invoke('$connect', { ...eventOf(id, '$connect'), queryStringParameters });
    if (result.statusCode !== 200) {
      const { detail } = JSON.parse(result.body ?? '{}') as { detail?: string };
      refuseSocket(socket, result.statusCode, detail ?? 'refused');
      return;
    }
    let accepted = false;
    if (!socket.destroyed && !this.#closed) {
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        accepted = true;
        this.#accept(id, webSocket);
      });
    }
    // The client left meanwhile, or its handshake is no handshake: the function has let in somebody who is not there.
    if (!accepted) {
      socket.destroy();
      await this.#invoke('$disconnect', eventOf(id, '$disconnect'));
    }
  }

  #accept(id: string, socket: WebSocket): void {
    const connection: Connection = { id, socket, alive: true, waiting: 0, last: Promise.resolve() };
    this.#connections.set(id, connection);
    this.#options.pusher.add(id, socket);
    const lifetime = setTimeout(() => socket.close(GOING_AWAY, 'two hours are over'), CONNECTION_LIFETIME_MS);
    lifetime.unref();
    socket.on('pong', () => (connection.alive = true));
    socket.on('message', (data, isBinary) => this.#receive(connection, data, isBinary));
    // The close event follows, and says all that is to be done.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(lifetime);
      this.#track(this.#forget(connection));
    });
  }

  async #forget(connection: Connection): Promise<void> {
    const { id } = connection;
    this.#connections.delete(id);
    this.#options.pusher.remove(id);
    await connection.last;
    try {
      await this.#invoke('$disconnect', eventOf(id, '$disconnect'));
    } catch (error) {
      // push-updates forgets connections that it finds gone.
      log.warn('a closed WebSocket was not forgotten', { connectionId: id, error: describeError(error) });
    }
  }

  #receive(connection: Connection, data: RawData, isBinary: boolean): void {
    connection.alive = true;
    if (isBinary) {
      connection.socket.close(UNSUPPORTED_DATA, 'expected text');
      return;
    }
    if ((data as Buffer).byteLength > MAX_SOCKET_MESSAGE_BYTES) {
      connection.socket.close(MESSAGE_TOO_BIG, `expected at most ${MAX_SOCKET_MESSAGE_BYTES} bytes`);
      return;
    }
    if (connection.waiting >= MAX_WAITING_MESSAGES) {
      connection.socket.close(POLICY_VIOLATION, 'too many messages at once');
      return;
    }
    connection.waiting++;
    const body = (data as Buffer).toString('utf8');
    connection.last = connection.last.then(async () => {
      await this.#handle(connection, body);
      connection.waiting--;
    });
  }

  async #handle({ id, socket }: Connection, body: string): Promise<void> {
    try {
      await this.#invoke('$default', { ...eventOf(id, '$default'), body, isBase64Encoded: false });
    } catch (error) {
      log.error('a WebSocket message failed', { connectionId: id, error: describeError(error) });
      if (socket.readyState === socket.OPEN) {
        socket.send(JSON.stringify({ type: 'error', detail: 'unexpected error: the log says why' }));
      }
    }
  }

  async #invoke(routeKey: RouteKey, event: SocketEvent): Promise<SocketResult> {
    return (await this.#options.invoke(SOCKET_FUNCTIONS.get(routeKey)!, event)) as SocketResult;
  }

  #pingAll(): void {
    for (const connection of this.#connections.values()) {
      if (!connection.alive) {
        connection.socket.terminate();
        continue;
      }
      connection.alive = false;
      connection.socket.ping();
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }
}

const SOCKET_FUNCTIONS: ReadonlyMap<RouteKey, FunctionName> = new Map(
  topology.socketRoutes.map((route) => [route.routeKey, route.function]),
);

function eventOf(connectionId: string, routeKey: RouteKey): SocketEvent {
  return { requestContext: { connectionId, routeKey } };
}

function urlOf(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '', 'http://localhost') ?? new URL('http://localhost');
}

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
