import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { MAX_SOCKET_MESSAGE_BYTES } from '../../shared/ports/pusher.ts';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import { SocketPusher } from './socket-pusher.ts';

let server: WebSocketServer;
let pusher: SocketPusher;
let client: WebSocket;
let received: string[];
beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  pusher = new SocketPusher();
  received = [];
  const accepted = new Promise<void>((resolve) => {
    server.once('connection', (socket) => {
      socket.on('error', () => undefined);
      pusher.add('c1', socket);
      resolve();
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => undefined);
  client.on('message', (data) => received.push((data as Buffer).toString('utf8')));
  const opened = new Promise((resolve) => client.once('open', resolve));
  await Promise.all([accepted, opened]);
});
afterEach(async () => {
  client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

describe('pushing to a WebSocket', () => {
  it('delivers messages in their order', async () => {
    for (const message of ['one', 'two', 'drei: ü'])
      expect(await pusher.push('c1', message)).toBe('delivered');
    while (received.length < 3) await wait(5);
    expect(received).toEqual(['one', 'two', 'drei: ü']);
  });

  it('knows those who are gone, and those who never were', async () => {
    expect(await pusher.push('stranger', 'x')).toBe('gone');
    client.terminate();
    while ((await pusher.push('c1', 'x')) === 'delivered') await wait(5);
    pusher.remove('c1');
    expect(await pusher.push('c1', 'x')).toBe('gone');
  });

  it('refuses what API Gateway would refuse', async () => {
    await expect(pusher.push('c1', 'x'.repeat(MAX_SOCKET_MESSAGE_BYTES + 1))).rejects.toThrow(LimitExceeded);
    await expect(pusher.push('c1', 'ü'.repeat(MAX_SOCKET_MESSAGE_BYTES / 2 + 1))).rejects.toThrow(
      LimitExceeded,
    );
    expect(await pusher.push('c1', 'x'.repeat(MAX_SOCKET_MESSAGE_BYTES))).toBe('delivered');
  });

  it('cuts off a client that does not read, once about a megabyte waits for it', async () => {
    client.pause();
    const message = 'x'.repeat(100_000);
    let delivered = 0;
    while ((await pusher.push('c1', message)) === 'delivered') {
      delivered++;
      await wait(1);
      if (delivered > 1000) throw new Error('it was never cut off');
    }
    expect(delivered).toBeGreaterThan(5);
    expect(await pusher.push('c1', 'x')).toBe('gone');
  });
});
