import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelMessage } from '../../shared/contracts/socket-messages.ts';
import { LiveSocket, type Connection, type ConnectionListeners } from './live-socket.ts';

class FakeConnection implements Connection {
  readonly said: unknown[] = [];
  readonly ticket: string;
  readonly listeners: ConnectionListeners;
  isClosed = false;

  constructor(ticket: string, listeners: ConnectionListeners) {
    this.ticket = ticket;
    this.listeners = listeners;
  }
  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
  close(): void {
    this.isClosed = true;
  }
  hears(message: unknown): void {
    this.listeners.onMessage(typeof message === 'string' ? message : JSON.stringify(message));
  }
}

const price = (text: string): ChannelMessage => ({
  channel: 'prices:binance:BTC-USDT',
  type: 'price',
  data: { instrumentId: 'binance:BTC-USDT', price: text, timeMs: 1000 },
});

let nowMs: number;
let tickets: (() => Promise<string>)[];
let connections: FakeConnection[];
let socket: LiveSocket;
beforeEach(() => {
  nowMs = 1_000_000;
  tickets = [];
  connections = [];
  let n = 0;
  socket = new LiveSocket({
    askForTicket: async () => (tickets.shift() ?? (async () => `ticket-${++n}`))(),
    connect: (ticket, listeners) => {
      connections.push(new FakeConnection(ticket, listeners));
      return connections.at(-1)!;
    },
    nowMs: () => nowMs,
    random: () => 0.5,
  });
});

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function opened(): Promise<FakeConnection> {
  socket.start();
  await settled();
  connections[0]!.listeners.onOpen();
  return connections[0]!;
}

describe('the socket of the page', () => {
  it('subscribes each channel once, however many listen, and hears it', async () => {
    const heard: string[] = [];
    socket.subscribe('prices:binance:BTC-USDT', ({ type }) => heard.push(`a ${type}`));
    const connection = await opened();
    socket.subscribe('prices:binance:BTC-USDT', ({ type }) => heard.push(`b ${type}`));
    socket.subscribe('orders', () => heard.push('order'));
    expect(connection.ticket).toBe('ticket-1');
    expect(connection.said).toEqual([
      { action: 'subscribe', channels: ['prices:binance:BTC-USDT'] },
      { action: 'subscribe', channels: ['orders'] },
    ]);
    connection.hears(price('1'));
    expect(heard).toEqual(['a price', 'b price']);
  });

  it('unsubscribes a channel when nobody listens any more', async () => {
    const endFirst = socket.subscribe('orders', () => undefined);
    const endSecond = socket.subscribe('orders', () => undefined);
    const connection = await opened();
    endFirst();
    expect(connection.said).toHaveLength(1);
    endSecond();
    endSecond();
    expect(connection.said.slice(1)).toEqual([{ action: 'unsubscribe', channels: ['orders'] }]);
  });

  it('comes back by itself with a new ticket and all its channels', async () => {
    socket.subscribe('orders', () => undefined);
    socket.subscribe('portfolio', () => undefined);
    const first = await opened();
    first.listeners.onClose();
    expect(socket.liveness.state.kind).toBe('waiting');
    nowMs += 1000;
    socket.tick();
    await settled();
    connections[1]!.listeners.onOpen();
    expect(connections[1]!.ticket).toBe('ticket-2');
    expect(connections[1]!.said).toEqual([{ action: 'subscribe', channels: ['orders', 'portfolio'] }]);
    expect(socket.liveness.connections).toBe(2);
    expect(first.isClosed).toBe(true);
  });

  it('says why it has no ticket', async () => {
    tickets.push(async () => Promise.reject(new Error('the platform cannot be reached')));
    socket.start();
    await settled();
    expect(socket.liveness.state).toMatchObject({ kind: 'waiting', cause: 'the platform cannot be reached' });
  });

  it('gives up a connection that has gone silent and hears nothing more from it', async () => {
    const heard: ChannelMessage[] = [];
    socket.subscribe('prices:binance:BTC-USDT', (message) => heard.push(message));
    const connection = await opened();
    nowMs += 8000;
    socket.tick();
    expect(connection.said).toHaveLength(2);
    nowMs += 4000;
    socket.tick();
    expect(socket.liveness.state.kind).toBe('waiting');
    connection.hears(price('2'));
    expect(heard).toEqual([]);
  });

  it('passes on what the platform refuses, and what cannot be read', async () => {
    const complaints: string[] = [];
    socket.onComplaint((detail) => complaints.push(detail));
    const connection = await opened();
    connection.hears({ type: 'error', detail: 'at most 100 channels' });
    connection.hears('{');
    connection.hears('7');
    connection.hears({ type: 'subscribed', channels: [] });
    expect(complaints).toEqual(['at most 100 channels', 'unreadable message: {', 'unreadable message: 7']);
  });

  it('tells its watchers of each change, and stops when it is told to', async () => {
    const seen: string[] = [];
    socket.watch(() => seen.push(socket.liveness.state.kind));
    const connection = await opened();
    socket.stop();
    expect(seen).toEqual(['asking', 'connecting', 'open', 'stopped']);
    expect(connection.isClosed).toBe(true);
  });
});
