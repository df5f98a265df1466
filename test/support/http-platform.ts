import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyHandler } from '../../embedded/runtime/functions.ts';
import {
  startHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from '../../embedded/http-server/http-server.ts';
import { SocketPusher } from '../../embedded/http-server/socket-pusher.ts';
import { openTokenIssuer, type EmbeddedTokenIssuer } from '../../embedded/token-issuer.ts';
import { createHandler as authorizeRequest } from '../../lambdas/api/authorize-request/handler.ts';
import { createHandler as closeSocket } from '../../lambdas/api/close-socket/handler.ts';
import { createHandler as describeApi } from '../../lambdas/api/describe-api/handler.ts';
import { createHandler as issueSocketTicket } from '../../lambdas/api/issue-socket-ticket/handler.ts';
import { createHandler as manageRisk } from '../../lambdas/api/manage-risk/handler.ts';
import { createHandler as manageStrategies } from '../../lambdas/api/manage-strategies/handler.ts';
import { createHandler as openSocket } from '../../lambdas/api/open-socket/handler.ts';
import { createHandler as pushUpdates } from '../../lambdas/api/push-updates/handler.ts';
import { createHandler as readMarket } from '../../lambdas/api/read-market/handler.ts';
import { createHandler as receiveSocketMessage } from '../../lambdas/api/receive-socket-message/handler.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';

/** The server with the functions behind it, their state in memory, on a free port. */
export interface HttpPlatform {
  readonly server: HttpServer;
  readonly state: SqliteStateStore;
  readonly issuer: EmbeddedTokenIssuer;
  readonly dataDir: string;
  /** A valid token of alice, an operator. */
  readonly token: string;
  /** Which functions were called, in order. */
  readonly invoked: FunctionName[];
  invoke(functionName: FunctionName, event: unknown): Promise<unknown>;
  /** WebSocket connections that the state knows of. */
  connections(): number;
  close(): Promise<void>;
}

export async function startHttpPlatform(options: Partial<HttpServerOptions> = {}): Promise<HttpPlatform> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-http-'));
  const issuer = await openTokenIssuer(dataDir);
  const database = openDatabase(':memory:', STATE_SCHEMA);
  const state = new SqliteStateStore(database);
  const pusher = new SocketPusher();
  const handlers: Partial<Record<FunctionName, AnyHandler>> = {
    'authorize-request': authorizeRequest({ tokens: issuer }),
    'describe-api': describeApi(),
    'read-market': readMarket({
      trades: new MemoryTradeStore(),
      candles: new MemoryCandleStore(),
      quotes: new MemoryQuoteStore(),
      quality: new MemoryQualityStore(),
      state,
    }),
    'manage-risk': manageRisk({ state }),
    'manage-strategies': manageStrategies({ state }),
    'issue-socket-ticket': issueSocketTicket({ state }),
    'open-socket': openSocket({ state }),
    'close-socket': closeSocket({ state }),
    'receive-socket-message': receiveSocketMessage({ state, push: pusher }),
    'push-updates': pushUpdates({ state, push: pusher }),
  };
  const invoked: FunctionName[] = [];
  const invoke = async (functionName: FunctionName, event: unknown): Promise<unknown> => {
    invoked.push(functionName);
    const handler = handlers[functionName];
    if (handler === undefined) throw new Error(`${functionName} is not part of this test`);
    return handler(event, { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 5000 });
  };
  const server = await startHttpServer({ port: 0, invoke, pusher, staticFiles: PAGE, ...options });
  return {
    server,
    state,
    issuer,
    dataDir,
    token: await issuer.mint({ subject: 'alice', role: 'operator', ttlSeconds: 300 }),
    invoked,
    invoke,
    connections: () =>
      Number(database.prepare("SELECT count(*) AS n FROM items WHERE sk = 'CONNECTION'").get()?.['n']),
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const PAGE: HttpServerOptions['staticFiles'] = {
  get: async (path) =>
    path === '/'
      ? { body: '<!doctype html><title>page</title>', contentType: 'text/html; charset=utf-8' }
      : null,
};

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What was JSON; else empty. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request that may say anything, also what `fetch` would not send. */
export async function send(
  server: HttpServer,
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = response.headers['content-type']?.includes('json') === true;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
