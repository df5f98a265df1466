import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectEmulator } from './inspect-emulator.ts';

describe('inspectEmulator', () => {
  let server: Server | null = null;
  afterEach(() => void server?.close());

  /** An emulator that answers on these paths alone. */
  async function emulator(answers: Readonly<Record<string, object>>): Promise<string> {
    server = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      response.statusCode = answer === undefined ? 404 : 200;
      response.end(JSON.stringify(answer ?? {}));
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('knows MiniStack, also by the health of LocalStack that it answers with', async () => {
    const endpoint = await emulator({
      '/_ministack/health': {},
      '/_localstack/health': { edition: 'light' },
    });
    expect(await inspectEmulator(endpoint)).toEqual({
      kind: 'ministack',
      webSocket: true,
      dashboard: true,
      asksAuthorizers: true,
    });
  });

  it('knows that the free edition of LocalStack has no WebSocket API, no dashboards and no guard at its gateway', async () => {
    for (const edition of ['community', 'unknown']) {
      const free = await emulator({ '/_localstack/health': { edition, services: {} } });
      expect(await inspectEmulator(free)).toEqual({
        kind: 'localstack',
        webSocket: false,
        dashboard: false,
        asksAuthorizers: false,
      });
      server!.close();
    }
    const paid = await emulator({ '/_localstack/health': { edition: 'pro', services: {} } });
    expect(await inspectEmulator(paid)).toEqual({
      kind: 'localstack',
      webSocket: true,
      dashboard: true,
      asksAuthorizers: true,
    });
  });

  it('says in one line that nobody answers', async () => {
    const stranger = await emulator({});
    await expect(inspectEmulator(stranger)).rejects.toThrow(`no emulator answers at ${stranger}: expected`);
  });
});
