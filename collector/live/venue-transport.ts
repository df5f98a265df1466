import { WebSocket } from 'ws';

/** What a socket tells. */
export interface SocketListener {
  onOpen(): void;
  onMessage(text: string): void;
  /** A ping or a pong came: somebody is there. */
  onSign(): void;
  /** It is over, and nothing more will come. */
  onEnd(cause: string): void;
}

export interface VenueSocket {
  ping(): void;
  send(text: string): void;
  /** Stops reading, so that the venue's messages wait in the sockets' buffers. */
  pause(): void;
  resume(): void;
  /** Ends it without a word. */
  terminate(): void;
}

export interface VenueAnswer {
  readonly status: number;
  readonly text: string;
  /** The header of that name. */
  readonly retryAfter: string | null;
}

/** The two ways to a venue, over the network or, in tests, within the process. */
export interface VenueTransport {
  /** @param handshakeMs how long the opening may take. */
  connect(url: string, handshakeMs: number, listener: SocketListener): VenueSocket;
  /** @throws when there is no answer, or none in time. */
  get(
    url: string,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<VenueAnswer>;
}

/** The largest message that a venue sends has some MB. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export const networkTransport: VenueTransport = {
  connect: (url, handshakeMs, listener) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: handshakeMs,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    let cause = '';
    socket.on('open', () => listener.onOpen());
    socket.on('message', (data) => listener.onMessage((data as Buffer).toString('utf8')));
    socket.on('ping', () => listener.onSign());
    socket.on('pong', () => listener.onSign());
    socket.on('error', (error) => (cause = error.message));
    socket.on('close', (code) => listener.onEnd(cause === '' ? `closed with code ${code}` : cause));
    return {
      ping: () => socket.ping(),
      // What cannot be sent any more ends the connection, which is told of by itself.
      send: (text) => socket.send(text, () => undefined),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      terminate: () => socket.terminate(),
    };
  },
  get: async (url, { signal, timeoutMs }) => {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, text: await response.text(), retryAfter };
  },
};
