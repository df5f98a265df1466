import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchText, type FetchedText } from './fetch-text.ts';
import { systemTime } from './live-time.ts';
import { networkTransport } from './venue-transport.ts';

let server: Server | null = null;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

/** Asks a server that answers as told. */
async function ask(answer: RequestListener, signal = new AbortController().signal): Promise<FetchedText> {
  server = createServer(answer);
  await new Promise((resolve) => server!.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = server.address() as AddressInfo;
  return fetchText(`http://127.0.0.1:${port}/`, {
    transport: networkTransport,
    time: systemTime,
    signal,
    timeoutMs: 300,
    attempts: 2,
    random: () => 0,
  });
}

describe('asking a venue', () => {
  it('gives the text of the answer', async () => {
    expect(await ask((_, response) => response.end('[1]'))).toEqual({ kind: 'text', text: '[1]' });
  });

  it('asks again when the venue stumbles', async () => {
    let asked = 0;
    const answer = await ask((_, response) => response.writeHead(++asked === 1 ? 502 : 200).end('ok'));
    expect(answer).toEqual({ kind: 'text', text: 'ok' });
  });

  it('gives up when the venue keeps stumbling', async () => {
    expect(await ask((_, response) => response.writeHead(503).end())).toEqual({
      kind: 'failed',
      cause: 'HTTP 503',
    });
  });

  it('does not insist when it is refused', async () => {
    let asked = 0;
    const answer = await ask((_, response) => {
      asked++;
      response.writeHead(429).end('slow down');
    });
    expect(answer).toEqual({ kind: 'failed', cause: 'HTTP 429: slow down' });
    expect(asked).toBe(1);
  });

  it('does not wait for ever', async () => {
    const answer = await ask(() => undefined);
    expect(answer).toMatchObject({ kind: 'failed', cause: expect.stringContaining('timeout') });
  });

  it('ends at once when nobody wants the answer any more', async () => {
    const abort = new AbortController();
    await expect(ask(() => abort.abort(), abort.signal)).rejects.toThrow('aborted');
  });
});
