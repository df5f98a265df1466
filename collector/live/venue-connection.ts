import type { VenueLine } from '../../shared/adapters/exchanges/venue.ts';
import type { Time } from '../../shared/ports/time.ts';
import type { VenueSocket, VenueTransport } from './venue-transport.ts';

export interface ConnectionTimings {
  /** For the opening handshake. */
  readonly handshakeMs: number;
  /** Nothing heard for so long: is anybody there? */
  readonly pingAfterMs: number;
  /** A ping without an answer for so long: nobody is. */
  readonly answerWithinMs: number;
  /** No message for so long, though pings are answered: has the venue forgotten us? */
  readonly silenceMs: number;
  /** Venues end connections after a day: before that, by a tenth at most, it is time for another. */
  readonly renewAfterMs: number;
}

export interface VenueConnectionOptions {
  readonly transport: VenueTransport;
  readonly time: Time;
  /** Where to connect to, and what to say there. */
  readonly line: Pick<VenueLine, 'url' | 'subscribe' | 'keepAlive'>;
  readonly timings: ConnectionTimings;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onMessage: (text: string) => void;
  /** It is time for another one; said again and again from then on. */
  readonly onDue: () => void;
  /** In [0, 1): connections that were opened together are not due together. */
  readonly random: () => number;
  /** Asked when the stream is silent: whether the market went on without us. */
  readonly isMarketGoingOn: () => Promise<boolean>;
}

export type ConnectionEnd =
  | { readonly kind: 'aborted' }
  /** Another has taken its place. */
  | { readonly kind: 'renewed' }
  | { readonly kind: 'lost'; readonly cause: string };

const CHECKS_A_PING = 4;
const SPREAD = 0.1;

/**
 * One WebSocket connection to a venue, from its handshake to its end, whatever that is. It never goes silent
 * unnoticed: a quiet line is pinged, and where pings are answered and trades are not sent, the venue is asked.
 */
export class VenueConnection {
  readonly #options: VenueConnectionOptions;
  #socket: VenueSocket | null = null;
  readonly #end = Promise.withResolvers<ConnectionEnd>();
  #dueAtMs = Infinity;
  #heardAtMs: number | null = null;
  #lastMessageAtMs = 0;
  #pingedAtMs: number | null = null;
  #isAsking = false;
  #isPaused = false;

  constructor(options: VenueConnectionOptions) {
    this.#options = options;
  }

  /** Our time of the last sign of life: what the venue sent before it has come. `null`: not open. */
  get heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** Holds the connection until it ends. */
  async run(): Promise<ConnectionEnd> {
    const { transport, time, line, signal, timings } = this.#options;
    const onAbort = (): void => this.#end.resolve({ kind: 'aborted' });
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#socket = transport.connect(line.url, timings.handshakeMs, {
      onOpen: () => this.#opened(),
      onMessage: (text) => this.#received(text),
      onSign: () => this.#heard(),
      onEnd: (cause) => this.lose(cause),
    });
    const endWatch = time.every(timings.pingAfterMs / CHECKS_A_PING, () => this.#check(time.nowMs()));
    const endKeepAlive =
      line.keepAlive === null ? null : time.every(line.keepAlive.everyMs, () => this.#keepAlive());
    try {
      return await this.#end.promise;
    } finally {
      endWatch();
      endKeepAlive?.();
      signal.removeEventListener('abort', onAbort);
      this.#heardAtMs = null;
      this.#socket.terminate();
    }
  }

  /** Says something once it is open; what cannot be said any more is not. */
  send(text: string): void {
    if (this.#heardAtMs !== null) this.#socket?.send(text);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops reading, so that the venue's messages wait in the sockets' buffers. */
  pause(): void {
    this.#isPaused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket?.resume();
    this.#heard();
  }

  /** Sends a message, if the connection is open. */
  say(message: string): void {
    if (this.#heardAtMs !== null) this.#socket?.send(message);
  }

  #opened(): void {
    const { time, timings, random } = this.#options;
    this.#lastMessageAtMs = time.nowMs();
    this.#dueAtMs = time.nowMs() + timings.renewAfterMs * (1 - SPREAD * random());
    this.#heard();
    for (const message of this.#options.line.subscribe) this.#socket?.send(message);
    this.#options.onOpen();
  }

  #received(text: string): void {
    this.#lastMessageAtMs = this.#options.time.nowMs();
    this.#heard();
    this.#options.onMessage(text);
  }

  #heard(): void {
    this.#heardAtMs = this.#options.time.nowMs();
    this.#pingedAtMs = null;
  }

  #check(now: number): void {
    if (this.#heardAtMs === null || this.#isPaused) return;
    const { pingAfterMs, answerWithinMs, silenceMs } = this.#options.timings;
    if (now >= this.#dueAtMs) this.#options.onDue();
    if (this.#pingedAtMs !== null) {
      if (now - this.#pingedAtMs >= answerWithinMs)
        this.lose(`a ping was not answered within ${answerWithinMs} ms`);
    } else if (now - this.#heardAtMs >= pingAfterMs) {
      this.#pingedAtMs = now;
      this.#socket?.ping();
    }
    if (now - this.#lastMessageAtMs >= silenceMs) void this.#askForMarket(silenceMs);
  }

  #keepAlive(): void {
    const { keepAlive } = this.#options.line;
    if (this.#heardAtMs !== null && keepAlive !== null) this.#socket?.send(keepAlive.message);
  }

  async #askForMarket(silenceMs: number): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      if (await this.#options.isMarketGoingOn())
        this.lose(`silent for ${silenceMs} ms while the market goes on`);
      else this.#lastMessageAtMs = this.#options.time.nowMs();
    } catch (error) {
      this.lose(`silent for ${silenceMs} ms, and asking failed: ${(error as Error).message}`);
    } finally {
      this.#isAsking = false;
    }
  }

  /** Ends it: another is heard in its place. */
  renewed(): void {
    this.#end.resolve({ kind: 'renewed' });
  }

  /** Ends it, since it is of no use. */
  lose(cause: string): void {
    this.#end.resolve({ kind: 'lost', cause });
  }
}
