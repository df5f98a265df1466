/**
 * The HTTP and WebSocket server of the one-process platform: what API Gateway is on AWS. It turns requests into the
 * gateway's events, asks the authorizer, calls the function of the route, and serves the page. It listens on the
 * loopback interface alone.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { RETRY_AFTER_SECONDS, unavailableDetail } from '../../shared/contracts/problem.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { MAX_BODY_BYTES } from '../../shared/runtime/rest-request.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { isLocalHost } from './local-host.ts';
import { listenError } from './port-unavailable.ts';
import { proxyEvent } from './proxy-event.ts';
import { readBody } from './read-body.ts';
import { RequestAuthorizer } from './request-authorizer.ts';
import { refuseSocket, sendBody, sendProblem, sendResult } from './respond.ts';
import { createRouter, type Route, type Router } from './router.ts';
import { SOCKET_PATH, SocketGateway } from './socket-gateway.ts';
import type { SocketPusher } from './socket-pusher.ts';
import { pageHeaders, staticPathOf, type StaticFiles } from './static-files.ts';

export interface HttpServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host?: '127.0.0.1' | '::1' | 'localhost';
  /** Calls a function as the runtime does. @throws what the function throws */
  readonly invoke: (functionName: FunctionName, event: unknown) => Promise<unknown>;
  /** The push port that the functions were given. */
  readonly pusher: SocketPusher;
  readonly staticFiles: StaticFiles;
  readonly pingIntervalMs?: number;
  readonly maxSockets?: number;
}

export interface HttpServer {
  readonly port: number;
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Resolves when the requests under way are answered and the WebSockets closed. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 500;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
const CLOSE_GRACE_MS = 2000;

interface Context {
  readonly options: HttpServerOptions;
  readonly router: Router;
  readonly authorizer: RequestAuthorizer;
}

/** @throws PortUnavailable */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const host = options.host ?? '127.0.0.1';
  const context: Context = {
    options,
    router: createRouter(topology.routes),
    authorizer: new RequestAuthorizer(async (event) => options.invoke(topology.authorizer, event)),
  };
  const gateway = new SocketGateway({
    invoke: options.invoke,
    pusher: options.pusher,
    ...(options.pingIntervalMs === undefined ? {} : { pingIntervalMs: options.pingIntervalMs }),
    ...(options.maxSockets === undefined ? {} : { maxConnections: options.maxSockets }),
  });
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: 1000,
    // A request without a host is refused below, as a problem; Node would answer it with nothing.
    requireHostHeader: false,
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => void answer(context, request, response));
  server.on('upgrade', (request, socket, head) => void gateway.upgrade(request, socket, head));
  server.on('clientError', refuseUnreadable);
  const port = await listen(server, options.port, host);
  return {
    port,
    url: `http://${host === '::1' ? '[::1]' : host}:${port}`,
    close: async () => {
      await Promise.all([gateway.close(), stop(server)]);
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(host, port, error));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cutOff);
}

/** Never rejects: whatever goes wrong is logged under the request's id and answered as a 500. */
async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  try {
    await respond(context, request, response, requestId);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    if (error instanceof Unreachable) {
      sendProblem(response, 503, unavailableDetail(error.store), {
        'retry-after': String(RETRY_AFTER_SECONDS),
      });
      return;
    }
    log.error('request failed', { requestId, method: request.method, error: describeError(error) });
    sendProblem(
      response,
      500,
      'unexpected error: the log has it under this instance',
      {},
      `urn:uuid:${requestId}`,
    );
  }
}

async function respond(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const { method = 'GET' } = request;
  if (!isLocalHost(request.headers.host)) {
    sendProblem(response, 421, 'host: expected 127.0.0.1 or localhost', CLOSE);
    return;
  }
  // A path may begin with two slashes, which alone would name a host.
  const url = request.url?.startsWith('/') === true ? URL.parse(`http://localhost${request.url}`) : null;
  if (url === null) {
    sendProblem(response, 400, 'address: expected a path', CLOSE);
    return;
  }
  const match = context.router(method, url.pathname);
  switch (match.kind) {
    case 'route':
      await callFunction(context, request, response, { requestId, method, url, ...match });
      return;
    case 'method-not-allowed':
      sendProblem(response, 405, `method: expected ${match.allowed.join(' or ')}`, {
        allow: match.allowed.join(', '),
        ...CLOSE,
      });
      return;
    case 'no-route':
      await servePage(context, request, response, url.pathname);
  }
}

/** The body of a refused request has not been read, so nothing can follow on its connection. */
const CLOSE = { connection: 'close' } as const;

interface RoutedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly url: URL;
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

async function callFunction(
  { options, authorizer }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, method, url, route, pathParameters }: RoutedRequest,
): Promise<void> {
  let caller: Readonly<Record<string, unknown>> | null = null;
  if (route.open !== true) {
    const authorization = await authorizer.authorize(method, url.pathname, request.headers.authorization);
    if (authorization.kind !== 'allowed') {
      refuseCaller(response, authorization.kind);
      return;
    }
    caller = authorization.context;
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body.kind === 'too-large') {
    sendProblem(response, 413, `body: expected at most ${MAX_BODY_BYTES} bytes`, CLOSE);
    return;
  }
  const event = proxyEvent({
    requestId,
    method,
    resource: route.path,
    path: url.pathname,
    pathParameters,
    query: url.searchParams,
    headers: request.headers,
    body: body.text,
    sourceIp: request.socket.remoteAddress ?? '',
    authorizer: caller,
  });
  sendResult(response, (await options.invoke(route.function, event)) as APIGatewayProxyResult);
}

function refuseCaller(response: ServerResponse, kind: 'unauthorized' | 'forbidden'): void {
  if (kind === 'forbidden') sendProblem(response, 403, 'token: it does not allow this', CLOSE);
  else {
    const headers = { 'www-authenticate': 'Bearer realm="millrace"', ...CLOSE };
    sendProblem(response, 401, 'token: expected Authorization: Bearer with a token that is valid', headers);
  }
}

async function servePage(
  { options }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  if (pathname === SOCKET_PATH) {
    sendProblem(response, 426, 'expected a WebSocket', { upgrade: 'websocket', ...CLOSE });
    return;
  }
  const path = request.method === 'GET' || request.method === 'HEAD' ? staticPathOf(pathname) : null;
  const file = path === null ? null : await options.staticFiles.get(path);
  if (file === null) {
    sendProblem(response, 404, `nothing at ${pathname.slice(0, 200)}`, CLOSE);
    return;
  }
  const headers = { 'content-type': file.contentType, ...pageHeaders(request.headers.host ?? '') };
  sendBody(response, 200, headers, file.body);
}

/** What does not parse as HTTP has no response object. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET') return;
  if (error.code === 'HPE_HEADER_OVERFLOW')
    refuseSocket(socket, 431, `headers: expected at most ${MAX_HEADER_BYTES} bytes`);
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    refuseSocket(socket, 408, 'the request took too long to arrive');
  else refuseSocket(socket, 400, 'expected HTTP/1.1');
}
