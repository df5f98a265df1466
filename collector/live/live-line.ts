import type { Decoder, VenueLine } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { Backoff } from './backoff.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { Time } from '../../shared/ports/time.ts';
import { NewestAgain } from './newest-again.ts';
import { VenueConnection, type ConnectionEnd, type ConnectionTimings } from './venue-connection.ts';
import type { VenueTransport } from './venue-transport.ts';

export interface LineTimings extends ConnectionTimings {
  /** Waits between connections that fail: the first, and the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** A connection that lived so long was a good one: the waits begin anew. */
  readonly stableAfterMs: number;
  /** A connection goes on for so long beside the one that takes its place. */
  readonly overlapMs: number;
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
  readonly time: Time;
  readonly timings: LineTimings;
  readonly log: Log;
  readonly random: () => number;
  readonly listener: LineListener;
}

/** What happens on a line. */
export interface LineListener {
  /** From now on the line is heard over it; between it and the one before something may have been missed. */
  opened(connection: OpenConnection): void;
  /** It is open beside the one whose place it will take: nothing is missed. */
  joined(connection: OpenConnection): void;
  received(text: string, connection: OpenConnection): void;
  /** It was lost, or another has taken its place. */
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
  /** null: over this line the newest trades are not to be had. */
  readonly newest: NewestAgain | null;
}

interface Held {
  readonly connection: OpenConnection;
  readonly socket: VenueConnection;
  readonly begunAt: number;
  readonly end: Promise<ConnectionEnd>;
}

/**
 * One line to a venue: connection after connection, each with a decoder of its own. Before the venue cuts one, another is
 * opened beside it, and for a while both are heard.
 */
export class LiveLine {
  readonly #options: LiveLineOptions;
  readonly #backoff: Backoff;
  #held: Held | null = null;
  /** Opened beside it, to take its place. */
  #successor: Held | null = null;
  #triedAt = -Infinity;

  constructor(options: LiveLineOptions) {
    const { firstRetryMs: firstMs, longestRetryMs: longestMs } = options.timings;
    this.#options = options;
    this.#backoff = new Backoff({ firstMs, longestMs, random: options.random });
  }

  /** Whether trades come over it: how far their time is proven does not depend on a line of books alone. */
  get hasTrades(): boolean {
    return this.#options.feeds.length > 0;
  }

  /** Our time of the last sign of life: what the venue sent before it has come. `null`: no connection is open. */
  get heardAtMs(): number | null {
    return this.#held?.socket.heardAtMs ?? null;
  }

  /** The connection over which it is heard; null: none is open. */
  get connection(): OpenConnection | null {
    return this.heardAtMs === null ? null : this.#held!.connection;
  }

  /** What still lacks trades is asked for once more, where that can be. */
  askNewestAgain(): void {
    const newest = this.connection?.newest ?? null;
    const lacking = this.#options.feeds.filter(({ isCatchingUp }) => isCatchingUp);
    if (lacking.length === 0) newest?.rest();
    for (const feed of lacking) newest?.ask(feed);
  }

  /** Holds one connection after the other until the signal. */
  async hold(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#held ??= this.#begin(signal, false);
      const { end: ending, begunAt } = this.#held;
      const end = await ending;
      this.#held = null;
      if (end.kind === 'aborted') await this.#successor?.end;
      else if (end.kind === 'renewed') this.#takeOver();
      else await this.#goOnAfter(end.cause, begunAt, signal);
    }
  }

  #takeOver(): void {
    this.#options.log.info('connection renewed', { exchange: this.#options.exchange });
    this.#held = this.#successor;
    this.#successor = null;
  }

  async #goOnAfter(cause: string, begunAt: number, signal: AbortSignal): Promise<void> {
    const { time, timings, log, exchange, listener } = this.#options;
    if (this.#successor !== null && this.#successor.socket.heardAtMs !== null) {
      log.warn('connection lost while another was open', { exchange, cause });
      this.#held = this.#successor;
      this.#successor = null;
      listener.opened(this.#held.connection);
      return;
    }
    if (time.elapsedMs() - begunAt >= timings.stableAfterMs) this.#backoff.reset();
    const retryInMs = Math.round(this.#backoff.nextMs());
    log.warn('connection lost', { exchange, cause, retryInMs });
    // An abort ends the wait as well as the loop.
    await time.sleep(retryInMs, signal).catch(() => undefined);
  }

  /** It is time for another connection; one that could not be opened is tried again after the longest wait. */
  #renew(signal: AbortSignal): void {
    const { time, timings } = this.#options;
    if (this.#successor !== null || time.elapsedMs() - this.#triedAt < timings.longestRetryMs) return;
    this.#triedAt = time.elapsedMs();
    const successor = this.#begin(signal, true);
    this.#successor = successor;
    void successor.end.then(() => {
      if (this.#successor === successor) this.#successor = null;
    });
  }

  #begin(signal: AbortSignal, isBeside: boolean): Held {
    const { line, feeds, exchange, transport, time, timings, log, random, listener } = this.#options;
    const { newConnectionId, newDecoder } = this.#options;
    const { sayNewest } = line;
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const socket = new VenueConnection({
      transport,
      time,
      line,
      timings,
      signal,
      random,
      onOpen: () => {
        log.info('connected', { exchange, instruments: feeds.length, books: line.bookIds.length });
        if (isBeside) this.#joined(connection);
        else listener.opened(connection);
      },
      onMessage: (text) => listener.received(text, connection),
      onDue: () => this.#renew(signal),
      isMarketGoingOn: async () => listener.isMarketGoingOn(feeds, either),
    });
    const newest =
      sayNewest === null ? null : new NewestAgain({ sayNewest, send: (text) => socket.send(text), time });
    const id = newConnectionId();
    const { bookIds } = line;
    const connection = { id, feeds, bookIds, decoder: newDecoder(), signal: either, socket, newest };
    const end = socket.run().then((how) => {
      newest?.end();
      listener.ended(connection, how);
      ended.abort();
      return how;
    });
    return { connection, socket, begunAt: time.elapsedMs(), end };
  }

  /** The one before goes on until it has certainly said everything that this one has not. */
  #joined(connection: OpenConnection): void {
    const { time, timings, listener } = this.#options;
    listener.joined(connection);
    time.after(timings.overlapMs, () => {
      if (this.#successor?.connection === connection && !connection.signal.aborted)
        this.#held?.socket.renewed();
    });
  }
}
