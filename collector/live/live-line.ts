import type { Decoder, VenueLine } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { Backoff } from './backoff.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { LiveTime } from './live-time.ts';
import { VenueConnection, type ConnectionEnd, type ConnectionTimings } from './venue-connection.ts';
import type { VenueTransport } from './venue-transport.ts';

export interface LineTimings extends ConnectionTimings {
  /** Waits between connections that fail: the first, and the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** A connection that lived so long was a good one: the waits begin anew. */
  readonly stableAfterMs: number;
}

export interface LiveLineOptions {
  readonly line: VenueLine;
  /** Of the line's instruments. */
  readonly feeds: readonly InstrumentFeed[];
  readonly exchange: string;
  readonly newDecoder: () => Decoder;
  /** Names the next connection. */
  readonly newConnectionId: () => string;
  readonly transport: VenueTransport;
  readonly time: LiveTime;
  readonly timings: LineTimings;
  readonly log: Log;
  readonly random: () => number;
  readonly listener: LineListener;
}

/** What happens on a line. */
export interface LineListener {
  opened(connection: OpenConnection): void;
  received(text: string, connection: OpenConnection): void;
  /** It was lost, or it was time for a new one. */
  ended(connection: OpenConnection, end: ConnectionEnd): void;
  /** Asked when a connection is silent: whether the market went on without it. */
  isMarketGoingOn(feeds: readonly InstrumentFeed[], signal: AbortSignal): Promise<boolean>;
}

/** One connection of a line, while it lives. */
export interface OpenConnection {
  readonly id: string;
  readonly feeds: readonly InstrumentFeed[];
  /** Whose books it tells. */
  readonly bookIds: readonly InstrumentId[];
  /** What the venue says over this connection is read in its order, from its beginning. */
  readonly decoder: Decoder;
  /** Aborts when it ends. */
  readonly signal: AbortSignal;
  readonly socket: Pick<VenueConnection, 'isPaused' | 'pause' | 'resume' | 'say' | 'lose'>;
}

/** One line to a venue: connection after connection, each with a decoder of its own. */
export class LiveLine {
  readonly #options: LiveLineOptions;
  #connection: VenueConnection | null = null;

  constructor(options: LiveLineOptions) {
    this.#options = options;
  }

  /** Whether trades come over it: how far their time is proven does not depend on a line of books alone. */
  get hasTrades(): boolean {
    return this.#options.feeds.length > 0;
  }

  /** Our time of the last sign of life: what the venue sent before it has come. `null`: no connection is open. */
  get heardAtMs(): number | null {
    return this.#connection?.heardAtMs ?? null;
  }

  /** Holds one connection after the other until the signal. */
  async hold(signal: AbortSignal): Promise<void> {
    const { timings, time, random, log } = this.#options;
    const { firstRetryMs: firstMs, longestRetryMs: longestMs, stableAfterMs } = timings;
    const backoff = new Backoff({ firstMs, longestMs, random });
    while (!signal.aborted) {
      const begunAt = time.elapsedMs();
      const end = await this.#holdConnection(signal);
      if (end.kind === 'aborted') return;
      if (end.kind === 'renewed') {
        log.info('connection renewed');
        continue;
      }
      if (time.elapsedMs() - begunAt >= stableAfterMs) backoff.reset();
      const retryInMs = Math.round(backoff.nextMs());
      log.warn('connection lost', { cause: end.cause, retryInMs });
      // An abort ends the wait as well as the loop.
      await time.sleep(retryInMs, signal).catch(() => undefined);
    }
  }

  async #holdConnection(signal: AbortSignal): Promise<ConnectionEnd> {
    const { line, feeds, exchange, transport, time, timings, log, listener } = this.#options;
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const socket = new VenueConnection({
      transport,
      time,
      line,
      timings,
      signal,
      onOpen: () => {
        log.info('connected', { exchange, instruments: feeds.length, books: line.bookIds.length });
        listener.opened(connection);
      },
      onMessage: (text) => listener.received(text, connection),
      isMarketGoingOn: async () => listener.isMarketGoingOn(feeds, either),
    });
    const { newConnectionId, newDecoder } = this.#options;
    const { bookIds } = line;
    const connection = {
      id: newConnectionId(),
      feeds,
      bookIds,
      decoder: newDecoder(),
      signal: either,
      socket,
    };
    this.#connection = socket;
    try {
      const end = await socket.run();
      listener.ended(connection, end);
      return end;
    } finally {
      this.#connection = null;
      ended.abort();
    }
  }
}
