import type { WebSocket } from 'ws';
import { MAX_SOCKET_MESSAGE_BYTES, type Pusher } from '../../shared/ports/pusher.ts';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import { log } from '../../shared/runtime/log.ts';

/** What may wait for a client that reads too slowly: some thousand messages. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The way back to the WebSockets of this process. */
export class SocketPusher implements Pusher {
  readonly #sockets = new Map<string, WebSocket>();

  add(connectionId: string, socket: WebSocket): void {
    this.#sockets.set(connectionId, socket);
  }

  remove(connectionId: string): void {
    this.#sockets.delete(connectionId);
  }

  /** Hands the message over and does not wait for the client. One that cannot keep up is cut off: it can come back. */
  async push(connectionId: string, message: string): Promise<'delivered' | 'gone'> {
    const bytes = Buffer.byteLength(message);
    if (bytes > MAX_SOCKET_MESSAGE_BYTES) {
      throw new LimitExceeded(`a socket message has at most ${MAX_SOCKET_MESSAGE_BYTES} bytes, not ${bytes}`);
    }
    const socket = this.#sockets.get(connectionId);
    if (socket === undefined || socket.readyState !== socket.OPEN) return 'gone';
    if (socket.bufferedAmount + bytes > MAX_WAITING_BYTES) {
      log.warn('a client reads too slowly and is cut off', {
        connectionId,
        waitingBytes: socket.bufferedAmount,
      });
      this.#sockets.delete(connectionId);
      socket.terminate();
      return 'gone';
    }
    // A failure to write ends in the socket's close event, which forgets the connection.
    socket.send(message, () => undefined);
    return 'delivered';
  }
}
