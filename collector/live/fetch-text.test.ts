import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchText, type FetchedText, type Patience } from './fetch-text.ts';
import { systemTime } from '../../shared/ports/time.ts';
import { RequestBudget } from './request-budget.ts';
import { networkTransport } from './venue-transport.ts';

let server: Server | null = null;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

/** Asks a server that answers as told. */
async function ask(
  answer: RequestListener,
  signal = new AbortController().signal,
  patience: Patience = { kind: 'attempts', attempts: 2 },
): Promise<FetchedText> {
  server = createServer(answer);
  await new Promise((resolve) => server!.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = server.address() as AddressInfo;
  return fetchText(
    { url: `http://127.0.0.1:${port}/`, weight: 1 },
    {
      transport: networkTransport,
      budget: new RequestBudget({ weightPerMinute: 6000, time: systemTime }),
      time: systemTime,
      signal,
      timeoutMs: 300,
      patience,
      random: () => 0,
    },
  );
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
      response.writeHead(403).end('no');
    });
    expect(answer).toEqual({ kind: 'failed', cause: 'HTTP 403: no' });
    expect(asked).toBe(1);
  });

  it('does not insist when it is told to slow down', async () => {
    let asked = 0;
    const answer = await ask((_, response) => {
      asked++;
      response.writeHead(418, { 'retry-after': '120' }).end('banned');
    });
    expect(answer).toEqual({ kind: 'failed', cause: 'HTTP 418: banned (to wait 120 s)' });
    expect(asked).toBe(1);
  });

  it('keeps the pause that the venue asks for, where there is time for it', async () => {
    const until = { kind: 'until', elapsedMs: systemTime.elapsedMs() + 10_000 } as const;
    const askedAt: number[] = [];
    const answer = await ask(
      (_, response) => {
        askedAt.push(performance.now());
        if (askedAt.length === 1) response.writeHead(429, { 'retry-after': '1' }).end('slow down');
        else response.end('ok');
      },
      undefined,
      until,
    );
    expect(answer).toEqual({ kind: 'text', text: 'ok' });
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThanOrEqual(990);
  });

  it('asks a venue that stumbles until there is no more time', async () => {
    let asked = 0;
    const until = { kind: 'until', elapsedMs: systemTime.elapsedMs() + 1500 } as const;
    const answer = await ask((_, response) => response.writeHead(++asked && 503).end(), undefined, until);
    expect(answer).toEqual({ kind: 'failed', cause: 'HTTP 503' });
    expect(asked).toBeGreaterThan(3);
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
