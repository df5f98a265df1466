/** Binance on this machine, as busy as the market of the tapes, in a process of its own: what it costs is not the platform's. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { BusyVenue } from '../busy-venue.ts';
import { runProgram } from '../processes/program.ts';
import { BUSY_MARKET } from '../synthetic-trades.ts';

export interface BusyVenueProgram {
  readonly request: Record<string, never>;
  readonly message: { readonly kind: 'ready'; readonly ws: string; readonly rest: string };
}

/** Several texts that are due together travel in as few packets as a venue would send. */
interface Listener {
  readonly socket: WebSocket;
  readonly wire: Duplex;
}

const LOOK_EVERY_MS = 1;

await runProgram<BusyVenueProgram>(async (_, { report, signal }) => {
  const venue = new BusyVenue(new SyntheticMarket(BUSY_MARKET), Math.floor(Date.now() / 1000) + 1);
  const listeners = new Set<Listener>();
  const server = createServer((request, response) => answer(venue, request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, wire, head) => {
    sockets.handleUpgrade(request, wire, head, (socket) => {
      const listener = { socket, wire };
      listeners.add(listener);
      socket.on('close', () => listeners.delete(listener));
      socket.on('error', () => socket.terminate());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  report({ kind: 'ready', ws: `ws://127.0.0.1:${port}`, rest: `http://127.0.0.1:${port}` });
  while (!signal.aborted) {
    send(listeners, venue.due(Date.now()));
    await sleep(LOOK_EVERY_MS);
  }
  for (const { socket } of listeners) socket.terminate();
  server.closeAllConnections();
  server.close();
});

function send(listeners: ReadonlySet<Listener>, texts: readonly string[]): void {
  if (texts.length === 0) return;
  for (const { socket, wire } of listeners) {
    wire.cork();
    for (const text of texts) socket.send(text);
    wire.uncork();
  }
}

/** The time and the books. What it does not say is asked for again, and trades come meanwhile. */
function answer(venue: BusyVenue, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const body =
    pathname === '/api/v3/time'
      ? { serverTime: Date.now() }
      : pathname === '/api/v3/depth'
        ? venue.snapshotOf(searchParams.get('symbol') ?? '', Number(searchParams.get('limit') ?? 100))
        : null;
  response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { code: 0, msg: 'no such path' }));
}
