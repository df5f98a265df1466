/** What stands before a ClickHouse elsewhere: it takes a user and a password, over TLS when it has a certificate. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { secretHeaders, type ClickHouseCredentials } from '../../shared/adapters/clickhouse/client.ts';

export interface ClickHouseFrontOptions {
  /** The engine behind it, which knows its own user alone. */
  readonly address: ClickHouseCredentials & { readonly url: string };
  readonly certificate?: { readonly key: string; readonly cert: string };
}

export interface ClickHouseFront {
  readonly url: string;
  /** Whom it lets in. */
  allow(user: string, password: string): void;
  close(): Promise<void>;
}

export async function openClickHouseFront({
  address,
  certificate,
}: ClickHouseFrontOptions): Promise<ClickHouseFront> {
  let allowed: string | null = null;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers.authorization !== allowed) {
      response.writeHead(403, { 'x-clickhouse-exception-code': '516' });
      response.end('Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)');
      return;
    }
    const { status, body, headers } = await send(request, Buffer.concat(chunks), address);
    response.writeHead(status, headers);
    response.end(body);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response);
  const server =
    certificate === undefined ? createHttpServer(listener) : createHttpsServer(certificate, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    allow: (user, password) => {
      allowed = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function send(
  request: IncomingMessage,
  content: Buffer,
  address: ClickHouseFrontOptions['address'],
): Promise<{ status: number; body: Buffer; headers: Record<string, string> }> {
  const answer = await fetch(new URL(request.url ?? '/', address.url), {
    method: request.method ?? 'GET',
    headers: secretHeaders(address),
    ...(content.length === 0 ? {} : { body: new Uint8Array(content) }),
  });
  const code = answer.headers.get('x-clickhouse-exception-code');
  return {
    status: answer.status,
    body: Buffer.from(await answer.arrayBuffer()),
    headers: code === null ? {} : { 'x-clickhouse-exception-code': code },
  };
}
