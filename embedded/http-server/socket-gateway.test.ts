import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { send, startHttpPlatform, type HttpPlatform } from '../../test/support/http-platform.ts';
import { anOrder } from '../../test/support/order.ts';
import { subscribersOf } from '../../shared/runtime/socket-connections.ts';

let platform: HttpPlatform;
const clients: Client[] = [];
beforeAll(async () => {
  platform = await startHttpPlatform({ pingIntervalMs: 200, maxSockets: 5 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.leave();
  await until(() => platform.connections() === 0);
});
afterAll(async () => platform.close());

interface Client {
  readonly socket: WebSocket;
  readonly messages: unknown[];
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;
  leave(): Promise<void>;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await condition()) return;
    await wait(10);
  }
  throw new Error('it did not come about within 3 s');
}

async function ticketOf({ server, token }: HttpPlatform): Promise<string> {
  const { body } = await send(server, 'POST', '/v1/socket-tickets', {
    headers: { authorization: `Bearer ${token}` },
  });
  return String(body['ticket']);
}

/** @returns the client, or the status that refused it. */
async function open(
  ticket: string | null,
  headers: Record<string, string> = {},
  at = platform,
): Promise<Client | number> {
  const query = ticket === null ? '' : `?ticket=${ticket}`;
  const socket = new WebSocket(`ws://127.0.0.1:${at.server.port}/v1/socket${query}`, { headers });
  const messages: unknown[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8'))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_, response) => {
      socket.on('error', () => undefined);
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
    socket.once('open', () => {
      const leave = async (): Promise<void> => {
        socket.terminate();
        await closed;
      };
      const client = { socket, messages, closed, leave };
      clients.push(client);
      resolve(client);
    });
  });
}

async function join(at = platform): Promise<Client> {
  const client = await open(await ticketOf(at), {}, at);
  if (typeof client === 'number') throw new Error(`refused with ${client}`);
  return client;
}

async function subscribe(client: Client, ...channels: string[]): Promise<void> {
  client.socket.send(JSON.stringify({ action: 'subscribe', channels }));
  await until(() => client.messages.length > 0);
}

const announce = async (at = platform) =>
  at.invoke('push-updates', { 'detail-type': 'OrderChangedV1', detail: { order: anOrder(1) } });

describe('a WebSocket', () => {
  it('opens with a ticket, subscribes, and hears', async () => {
    const client = await join();
    await subscribe(client, 'orders', 'prices:binance:BTC-USDT');
    expect(client.messages).toEqual([
      { type: 'subscribed', channels: ['orders', 'prices:binance:BTC-USDT'] },
    ]);
    await announce();
    await until(() => client.messages.length === 2);
    expect(client.messages[1]).toEqual({ channel: 'orders', type: 'order', data: anOrder(1) });
  });

  it('is refused without a ticket, with a false one, and with one that was used', async () => {
    const ticket = await ticketOf(platform);
    expect(await open(null)).toBe(401);
    expect(await open('A'.repeat(43))).toBe(401);
    expect(await open(ticket)).toMatchObject({ messages: [] });
    expect(await open(ticket)).toBe(401);
  });

  it('is refused to a page of another site, and under another name', async () => {
    expect(await open(await ticketOf(platform), { origin: 'http://evil.example.com' })).toBe(403);
    expect(await open(await ticketOf(platform), { host: 'evil.example.com' })).toBe(421);
    expect(
      await open(await ticketOf(platform), { origin: `http://127.0.0.1:${platform.server.port}` }),
    ).toMatchObject({ messages: [] });
  });

  it('is told what is wrong with its messages, and stays', async () => {
    const client = await join();
    client.socket.send('nonsense');
    client.socket.send('{"action":"subscribe","channels":["prices:btcusdt"]}');
    await until(() => client.messages.length === 2);
    expect(client.messages).toMatchObject([
      { type: 'error' },
      { type: 'error', detail: expect.stringContaining('channels.0') },
    ]);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('has its messages handled in their order', async () => {
    const client = await join();
    for (let i = 0; i < 10; i++) {
      client.socket.send(
        JSON.stringify({ action: i % 2 === 0 ? 'subscribe' : 'unsubscribe', channels: ['orders'] }),
      );
    }
    await until(() => client.messages.length === 10);
    expect(client.messages.map((message) => (message as { channels: string[] }).channels.length)).toEqual([
      1, 0, 1, 0, 1, 0, 1, 0, 1, 0,
    ]);
  });

  it('is closed when it sends what is no text, or too much', async () => {
    const binary = await join();
    binary.socket.send(Buffer.from([1, 2, 3]));
    expect(await binary.closed).toBe(1003);
    const long = await join();
    const said = once(long.socket, 'close') as Promise<[number, Buffer]>;
    long.socket.send('x'.repeat(128 * 1024 + 1));
    const [code, reason] = await said;
    expect([code, reason.toString()]).toEqual([1009, 'expected at most 131072 bytes']);
    const endless = await join();
    endless.socket.send('x'.repeat(5_000_000));
    expect(await endless.closed).toBe(1009);
    const fast = await join();
    for (let i = 0; i < 100; i++) fast.socket.send('{}');
    expect(await fast.closed).toBe(1008);
  });

  it('is forgotten when it leaves', async () => {
    const client = await join();
    await subscribe(client, 'orders');
    expect(await subscribersOf(platform.state, 'orders')).toHaveLength(1);
    await client.leave();
    await until(async () => (await subscribersOf(platform.state, 'orders')).length === 0);
  });

  it('that answers no ping is cut off, and one that does stays', async () => {
    const [silent, well] = [await join(), await join()];
    // The library answers pings by itself; this client's socket is no longer read.
    silent.socket.pause();
    await until(() => platform.connections() === 1);
    expect(well.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('finds no more room than there is', async () => {
    for (let i = 0; i < 5; i++) await join();
    expect(await open(await ticketOf(platform))).toBe(503);
    await clients[0]!.leave();
    await until(async () => typeof (await open(await ticketOf(platform))) !== 'number');
  });

  it('whose handshake is none leaves nothing behind', async () => {
    const ticket = await ticketOf(platform);
    const socket = connect(platform.server.port, '127.0.0.1').resume();
    socket.write(
      `GET /v1/socket?ticket=${ticket} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    await until(() => platform.connections() === 0);
  });

  it('is told goodbye when the server stops, and forgotten', async () => {
    const other = await startHttpPlatform();
    const client = await join(other);
    await subscribe(client, 'orders');
    await other.close();
    expect(await client.closed).toBe(1001);
    expect(await subscribersOf(other.state, 'orders')).toEqual([]);
  });
});
