import type { Log } from '../../shared/runtime/log.ts';
import type { OpenConnection } from './live-line.ts';
import type { LiveOutlet } from './live-outlet.ts';

/** A slow stream is waited for by not reading the socket; the venue's messages stay in its buffers meanwhile. */
export function pauseUntilRoom(socket: OpenConnection['socket'], outlet: LiveOutlet, log: Log): void {
  if (socket.isPaused) return;
  const room = outlet.room();
  if (room === null) return;
  log.warn('the streams fall behind: the connection is paused');
  socket.pause();
  void room.then(() => socket.resume());
}
