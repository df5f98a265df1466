import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { base64url, decodeJwt, importJWK, SignJWT, type JWK } from 'jose';
import { send, startHttpPlatform, type HttpPlatform } from '../../test/support/http-platform.ts';
import { storeLanes } from '../../test/support/stored-lane.ts';
import { problem } from '../../shared/contracts/problem.ts';
import { PortUnavailable } from './port-unavailable.ts';
import { startHttpServer } from './http-server.ts';
import { SocketPusher } from './socket-pusher.ts';

let platform: HttpPlatform;
beforeAll(async () => {
  platform = await startHttpPlatform();
  const tape = [
    [1_723_161_600_000, '61837.63'],
    [1_723_161_601_000, '61838'],
  ] as const;
  await storeLanes(platform.state, { 'binance:BTC-USDT': tape });
});
afterAll(async () => platform.close());
beforeEach(() => {
  platform.invoked.length = 0;
});

const authorized = (headers: Record<string, string> = {}) => ({
  authorization: `Bearer ${platform.token}`,
  ...headers,
});
const json = { 'content-type': 'application/json' };
const call = async (method: string, path: string, parts: Parameters<typeof send>[3] = {}) =>
  send(platform.server, method, path, parts);
const raw = async (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(platform.server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

describe('a request with a token', () => {
  it('reaches its function', async () => {
    const { status, body } = await call('GET', '/v1/prices/BTC-USDT?exchange=binance', {
      headers: authorized(),
    });
    expect(status).toBe(200);
    expect(body).toEqual({ instrumentId: 'binance:BTC-USDT', price: '61837.63', timeMs: 1_723_161_601_000 });
  });

  it('carries its body, and whom the token names', async () => {
    const body = JSON.stringify({ engaged: true, reason: 'über' });
    const answer = await call('PUT', '/v1/risk/kill-switch', { headers: authorized(json), body });
    expect(answer.body).toMatchObject({ engaged: true, reason: 'über', by: 'alice' });
  });

  it('is judged once in a while, not each time', async () => {
    const token = await platform.issuer.mint({ subject: 'bob', role: 'viewer', ttlSeconds: 60 });
    for (let i = 0; i < 3; i++)
      await call('GET', '/v1/risk/limits', { headers: { authorization: `Bearer ${token}` } });
    expect(platform.invoked).toEqual(['authorize-request', 'manage-risk', 'manage-risk', 'manage-risk']);
  });

  it.each([
    ['POST', '/v1/strategies', '{', 400],
    ['POST', '/v1/strategies', '{}', 422],
    ['GET', '/v1/prices/btcusdt', '', 400],
    ['GET', '/v1/prices/NO-SUCH', '', 404],
    ['GET', '/v1/candles/BTC-USDT?interval=2m', '', 400],
    ['GET', '/v1/strategies/3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11', '', 404],
  ])('that asks %s %s with %j gets a problem with status %i', async (method, path, body, status) => {
    const answer = await call(method, path, { headers: authorized(json), body });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(problem.parse(answer.body).detail).not.toContain('\n');
  });

  it('may not carry more than 64 KB, whether it says so before or not', async () => {
    const body = JSON.stringify({ reason: 'x'.repeat(64 * 1024), engaged: true });
    expect((await call('PUT', '/v1/risk/kill-switch', { headers: authorized(json), body })).status).toBe(413);
    const chunked = authorized({ ...json, 'transfer-encoding': 'chunked' });
    const answer = await call('PUT', '/v1/risk/kill-switch', { headers: chunked, body });
    expect(problem.parse(answer.body)).toMatchObject({
      status: 413,
      detail: 'body: expected at most 65536 bytes',
    });
    expect(platform.invoked).not.toContain('manage-risk');
  });

  it('to a function that fails is told nothing but where the log has it', async () => {
    const { status, body } = await call('GET', '/v1/orders', { headers: authorized() });
    expect(status).toBe(500);
    expect(body['instance']).toMatch(/^urn:uuid:/);
    expect(JSON.stringify(body)).not.toContain('not part of this test');
  });
});

describe('a request without a valid token', () => {
  const forged = async (): Promise<string> => {
    const [header, payload, signature] = platform.token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
    return `${header}.${base64url.encode(JSON.stringify({ ...claims, sub: 'root' }))}.${signature}`;
  };
  const none = async (): Promise<string> => {
    const [, payload] = platform.token.split('.') as [string, string];
    return `${base64url.encode('{"alg":"none"}')}.${payload}.`;
  };
  const expired = async (): Promise<string> => {
    const key = JSON.parse(await readFile(join(platform.dataDir, 'issuer-key.json'), 'utf8')) as JWK;
    const claims = { ...decodeJwt(platform.token), exp: Math.floor(Date.now() / 1000) - 60 };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid! })
      .sign(await importJWK(key, 'EdDSA'));
  };

  it.each([
    ['no token', async () => undefined],
    ['a forged one', forged],
    ['one without a signature', none],
    ['nonsense', async () => 'nonsense'],
    ['an expired one', expired],
  ])('(%s) is refused before its function', async (_, tokenOf) => {
    const token = await tokenOf();
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    platform.invoked.length = 0;
    const answer = await call('PUT', '/v1/risk/kill-switch', {
      headers: { ...json, ...headers },
      body: '{}',
    });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(problem.parse(answer.body).status).toBe(401);
    expect(platform.invoked).not.toContain('manage-risk');
  });

  it('may read what is open', async () => {
    expect((await call('GET', '/openapi.json')).body['openapi']).toBe('3.1.0');
    expect((await call('GET', '/')).status).toBe(200);
    expect(platform.invoked).toEqual(['describe-api']);
  });
});

describe('the page', () => {
  it('is served with what protects it', async () => {
    const { text, headers } = await call('GET', '/', {
      headers: { host: `localhost:${platform.server.port}` },
    });
    expect(text).toContain('<title>page</title>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).toContain(
      `connect-src 'self' ws://localhost:${platform.server.port}`,
    );
  });

  it('has a head', async () => {
    const { status, text, headers } = await call('HEAD', '/');
    expect([status, text]).toEqual([200, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(10);
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/v1/nothing', 404],
    ['GET', '/..%2f..%2fetc%2fpasswd', 404],
    ['POST', '/', 404],
    ['PATCH', '/v1/strategies', 405],
    ['OPTIONS', '/v1/strategies', 405],
    ['GET', '/v1/socket', 426],
  ])('is not at %s %s: %i', async (method, path, status) => {
    const answer = await call(method, path, { headers: authorized() });
    expect(answer.status).toBe(status);
    expect(problem.parse(answer.body).status).toBe(status);
    if (status === 405) expect(answer.headers['allow']).toBe('GET, POST');
  });
});

describe('the server', () => {
  it.each(['evil.example.com', 'evil.example.com:80', '127.0.0.1.nip.io'])(
    'tells nothing to a page of %s that was pointed here',
    async (host) => {
      for (const path of ['/', '/v1/health', '/v1/orders', '/openapi.json']) {
        const { status, text } = await call('GET', path, { headers: authorized({ host }) });
        expect(status).toBe(421);
        expect(text).not.toContain('page');
      }
      expect(platform.invoked).toEqual([]);
    },
  );

  it('answers what is no HTTP with a problem, and what has too many headers', async () => {
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s);
    const headers = `x-filler: ${'x'.repeat(20_000)}`;
    expect(await raw(`GET / HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    // Without a host.
    expect(await raw('GET /v1/health HTTP/1.1\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 421 .*application\/problem\+json.*host: expected 127\.0\.0\.1/s,
    );
    expect(await raw('GET http://evil.example.com/ HTTP/1.1\r\nhost: localhost\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  it('says in one line that a port is taken', async () => {
    const { port } = platform.server;
    const options = {
      port,
      invoke: platform.invoke,
      pusher: new SocketPusher(),
      staticFiles: { get: async () => null },
    };
    await expect(startHttpServer(options)).rejects.toThrow(PortUnavailable);
    await expect(startHttpServer(options)).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
  });

  it('listens on this machine alone', () => {
    expect(platform.server.url).toBe(`http://127.0.0.1:${platform.server.port}`);
  });

  it('stops although a client holds its connection open', async () => {
    const other = await startHttpPlatform();
    const socket = connect(other.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const startedAt = performance.now();
    await other.close();
    expect(performance.now() - startedAt).toBeLessThan(3000);
    socket.destroy();
  });
});
