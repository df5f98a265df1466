import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SimulatedVenue } from './simulated-venue.ts';

export interface ServedVenues {
  /** Where a venue is found, by its name. */
  readonly endpoints: ReadonlyMap<string, { readonly ws: string; readonly rest: string }>;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 200;
/** Of what a client says. */
const MAX_PAYLOAD_BYTES = 256 * 1024;
/** A client that does not read is cut off, as a venue would. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * Serves simulated venues on 127.0.0.1, each below a path of its own name.
 * @param port 0: any free one. @throws what the system says where it cannot listen there.
 */
export async function serveVenues(venues: readonly SimulatedVenue[], port: number): Promise<ServedVenues> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES });
  const server = createServer((request, response) => answer(venues, request, response));
  server.on('upgrade', (request, socket, head) => upgrade(venues, sockets, request, socket, head));
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  const endpointsOf = ({ exchange, path }: SimulatedVenue) => ({
    ws: `ws://127.0.0.1:${bound}/${exchange}${path}`,
    rest: `http://127.0.0.1:${bound}/${exchange}`,
  });
  return {
    endpoints: new Map(venues.map((venue) => [venue.exchange, endpointsOf(venue)])),
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

/** `/binance/api/v3/time` → the venue and `/api/v3/time`. */
function addressed(
  venues: readonly SimulatedVenue[],
  url = '/',
): { readonly venue: SimulatedVenue; readonly target: string } | null {
  const [, name = '', rest = ''] = /^\/([a-z]+)(.*)$/.exec(url) ?? [];
  const venue = venues.find(({ exchange }) => exchange === name);
  return venue === undefined ? null : { venue, target: rest.startsWith('/') ? rest : `/${rest}` };
}

function answer(venues: readonly SimulatedVenue[], request: IncomingMessage, response: ServerResponse): void {
  const place = addressed(venues, request.url);
  if (place === null || request.method !== 'GET') {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no such path"}');
    return;
  }
  const { status, body, retryAfter } = place.venue.answer(place.target);
  const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function upgrade(
  venues: readonly SimulatedVenue[],
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const place = addressed(venues, request.url);
  if (place === null || sockets.clients.size >= MAX_CONNECTIONS) socket.destroy();
  else sockets.handleUpgrade(request, socket, head, (client) => welcome(place.venue, place.target, client));
}

function welcome(venue: SimulatedVenue, target: string, client: WebSocket): void {
  const link = venue.connect(target, {
    receive: (text) => {
      if (client.bufferedAmount > MAX_UNREAD_BYTES) client.terminate();
      else client.send(text, () => undefined);
    },
    cut: () => client.terminate(),
  });
  if (link === null) {
    client.terminate();
    return;
  }
  client.on('message', (data) => {
    try {
      link.hear((data as Buffer).toString('utf8'));
    } catch {
      // A venue ends the connection of whoever says what is no message.
      client.close(1008, 'not a message');
    }
  });
  client.on('close', () => link.close());
  client.on('error', () => client.terminate());
}
