import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../shared/runtime/define-function.ts';
import type {
  LiveProtocol,
  VenueEndpoints,
  VenueTrade,
} from '../../shared/adapters/exchanges/venue-protocol.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { HEARTBEAT_GRACE_MS } from '../tape-boundaries.ts';
import { CatchUp } from './catch-up.ts';
import { fetchText, type FetchedText } from './fetch-text.ts';
import { InstrumentFeed, type ReceivedMessage } from './instrument-feed.ts';
import { LiveOutlet } from './live-outlet.ts';
import { VenueClock } from './venue-clock.ts';
import type { VenueVitals } from './venue-vitals.ts';
import { VenueConnection, type ConnectionEnd, type ConnectionTimings } from './venue-connection.ts';

export interface LiveFeedTimings extends ConnectionTimings {
  readonly watermarkEveryMs: number;
  readonly restTimeoutMs: number;
  /** By so much REST answers may lag behind the stream. */
  readonly restLagMs: number;
}

export interface LiveFeedOptions {
  readonly protocol: LiveProtocol;
  readonly instrumentIds: readonly InstrumentId[];
  /** Of earlier runs. */
  readonly lastTradeIds: ReadonlyMap<InstrumentId, number>;
  readonly endpoints: VenueEndpoints;
  readonly writer: StreamWriter;
  readonly timings: LiveFeedTimings;
  readonly log: Log;
  readonly random: () => number;
  readonly savePosition: (durableIds: ReadonlyMap<InstrumentId, number>) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  /** Told when the venue is heard. */
  readonly vitals: VenueVitals;
}

const REST_ATTEMPTS = 3;
/** A silent connection is judged by the busiest of its instruments, so many. */
const MAX_ASKED = 5;

/** The trades of one exchange, over as many connections as it takes. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #outlet: LiveOutlet;
  readonly #feeds: ReadonlyMap<InstrumentId, InstrumentFeed>;
  readonly #catchUp: CatchUp;
  readonly #clock = new VenueClock();
  /** Names this run: sessions and archived objects of different runs are never mixed up. */
  readonly #runId = `live-${randomUUID().slice(0, 8)}`;
  readonly #ticker: NodeJS.Timeout;
  #wasOpen = false;
  #sessions = 0;
  #connection: VenueConnection | null = null;
  #watermarkMs: number | null = null;
  #saving: Promise<void> | null = null;
  /** Newest trades of instruments that have never sent one. */
  readonly #newestUnheard = new Map<InstrumentId, number>();

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    const { protocol, writer, log, onFailure, instrumentIds, lastTradeIds, endpoints, timings } = options;
    const { exchange } = protocol;
    const outlet = new LiveOutlet({ writer, exchange, sourceId: this.#runId, log, onFailure });
    this.#outlet = outlet;
    this.#feeds = new Map(
      instrumentIds.map((id) => [id, new InstrumentFeed(id, lastTradeIds.get(id) ?? null, outlet)]),
    );
    this.#catchUp = new CatchUp({
      protocol,
      outlet,
      log,
      restEndpoint: endpoints.rest,
      lagMs: timings.restLagMs,
      onDoubt: () => this.#beginSession(),
      fetch: async (url, signal) => this.#fetch(url, signal),
    });
    options.vitals.begin(instrumentIds, Date.now());
    this.#beginSession();
    this.#ticker = setInterval(() => this.#tick(), timings.watermarkEveryMs);
  }

  /** Listens over one connection until it ends. */
  async holdConnection(signal: AbortSignal): Promise<ConnectionEnd> {
    const { protocol, endpoints, instrumentIds, timings, log } = this.#options;
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const connection = new VenueConnection({
      url: protocol.tradeStreamUrl(endpoints.ws, instrumentIds),
      timings,
      signal,
      onOpen: () => {
        this.#wasOpen = true;
        log.info('connected', { exchange: protocol.exchange, instruments: instrumentIds.length });
        this.#goOn(either);
      },
      onMessage: (text) => this.#receive(text, either),
      isMarketGoingOn: async () => this.#isMarketGoingOn(either),
    });
    this.#connection = connection;
    try {
      return await connection.run();
    } finally {
      this.#connection = null;
      ended.abort();
    }
  }

  /** Sends what has come and resolves when it is durable. */
  async finish(): Promise<void> {
    this.#options.vitals.end();
    clearInterval(this.#ticker);
    // What is held for want of the trades before it is left: the next run fetches it from there.
    await this.#outlet.finish();
    await this.#saving;
    await this.#options.savePosition(this.#outlet.durableIds);
  }

  /** What follows may lack trades that came before: readers doubt what is open until the ids prove that nothing is. */
  #beginSession(): void {
    this.#sessions++;
    this.#outlet.beginSession(`${this.#runId}-${this.#sessions}`);
  }

  /**
   * What was sent while nobody listened is fetched first, for quiet instruments too: no trade would tell of it soon.
   * The session goes on: another connection is no reason to doubt what proves to be whole.
   */
  #goOn(signal: AbortSignal): void {
    for (const feed of this.#feeds.values()) {
      if (feed.lastId === null) continue;
      feed.beginCatchUp();
      this.#background(this.#catchUp.run(feed, signal), signal);
    }
    this.#background(this.#askTime(signal), signal);
  }

  #receive(text: string, signal: AbortSignal): void {
    const { protocol } = this.#options;
    const receivedAtMs = Date.now();
    this.#options.vitals.heard(receivedAtMs);
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange: protocol.exchange,
      kind: 'ws',
      url: this.#options.endpoints.ws,
      message: text,
    };
    const said = protocol.parse(message, receivedAtMs);
    if (said.kind === 'malformed') {
      this.#outlet.sendMalformed(text, said.cause);
      this.#outlet.archive(message);
    } else {
      if (said.venueTimeMs !== null) this.#clock.observe(said.venueTimeMs, receivedAtMs);
      if (said.kind === 'other') this.#outlet.archive(message);
      else
        for (const [n, trade] of said.trades.entries())
          this.#receiveTrade(trade, n === 0 ? message : null, signal);
    }
    this.#pauseUntilRoom();
  }

  #receiveTrade(trade: VenueTrade, message: ReceivedMessage | null, signal: AbortSignal): void {
    const feed = this.#feeds.get(trade.instrumentId);
    if (feed === undefined) {
      // Nobody asked for the instrument.
      if (message !== null) this.#outlet.archive(message);
      return;
    }
    this.#options.vitals.traded(feed.instrumentId, trade.receivedAtMs);
    if (feed.receive(trade, message) === 'gap') this.#background(this.#catchUp.run(feed, signal), signal);
    this.#catchUp.bound(feed);
  }

  /** A slow stream is waited for by not reading the socket; the venue's messages stay in its buffers meanwhile. */
  #pauseUntilRoom(): void {
    const connection = this.#connection;
    if (connection === null || connection.isPaused) return;
    const room = this.#outlet.room();
    if (room === null) return;
    this.#options.log.warn('the streams fall behind: the connection is paused');
    connection.pause();
    void room.then(() => connection.resume());
  }

  /** A second has passed: says how far the venue's time is proven, which nobody knows while trades are being fetched. */
  #tick(): void {
    if (!this.#wasOpen) return;
    const heardAtMs = this.#connection?.heardAtMs ?? null;
    const isWhole = ![...this.#feeds.values()].some(({ isCatchingUp }) => isCatchingUp);
    const venueTimeMs = heardAtMs === null || !isWhole ? null : this.#clock.at(heardAtMs);
    if (venueTimeMs !== null) {
      this.#watermarkMs = Math.max(this.#watermarkMs ?? 0, venueTimeMs - HEARTBEAT_GRACE_MS);
    }
    this.#outlet.sendWatermark(this.#watermarkMs, {
      receivedAtNs: `${Date.now()}000000`,
      exchange: this.#options.protocol.exchange,
      kind: 'heartbeat',
      url: this.#options.endpoints.ws,
      message: JSON.stringify({ venueTimeMs: (this.#watermarkMs ?? 0) + HEARTBEAT_GRACE_MS }),
    });
    this.#saving ??= this.#save();
  }

  /** A position that could not be saved is saved a second later; all it costs is trades that are fetched again. */
  async #save(): Promise<void> {
    try {
      await this.#options.savePosition(this.#outlet.durableIds);
    } catch (error) {
      this.#options.log.error('the position was not saved', { error: describeError(error) });
    }
    this.#saving = null;
  }

  async #askTime(signal: AbortSignal): Promise<void> {
    const { protocol, endpoints } = this.#options;
    const url = protocol.timeUrl(endpoints.rest);
    const answer = await this.#fetch(url, signal);
    const receivedAtMs = Date.now();
    if (answer.kind === 'failed') return;
    const said = protocol.parse({ kind: 'rest', url, message: answer.text }, receivedAtMs);
    if (said.kind === 'other' && said.venueTimeMs !== null)
      this.#clock.observe(said.venueTimeMs, receivedAtMs);
  }

  /** Whether the venue has newer trades than its stream has brought, a moment's grace given. */
  async #isMarketGoingOn(signal: AbortSignal): Promise<boolean> {
    const { protocol, endpoints, timings } = this.#options;
    const asked = [...this.#feeds.values()].sort((a, b) => b.received - a.received).slice(0, MAX_ASKED);
    const newest = await Promise.all(
      asked.map(async (feed) => {
        const url = protocol.latestTradeUrl(endpoints.rest, feed.instrumentId);
        const answer = await this.#fetch(url, signal);
        if (answer.kind === 'failed') throw new Error(answer.cause);
        const said = protocol.parse({ kind: 'rest', url, message: answer.text }, Date.now());
        return said.kind === 'trades' ? Number(said.trades.at(-1)!.tradeId) : -1;
      }),
    );
    await sleep(timings.restLagMs, undefined, { signal });
    return asked.some(({ lastId, instrumentId }, n) => {
      const known = lastId ?? this.#newestUnheard.get(instrumentId);
      if (known === undefined) this.#newestUnheard.set(instrumentId, newest[n]!);
      return known !== undefined && newest[n]! > known;
    });
  }

  async #fetch(url: string, signal: AbortSignal): Promise<FetchedText> {
    const { timings, random } = this.#options;
    return fetchText(url, { signal, timeoutMs: timings.restTimeoutMs, attempts: REST_ATTEMPTS, random });
  }

  /** What fails in the background for another reason than the connection's end fails the collector. */
  #background(work: Promise<void>, signal: AbortSignal): void {
    work.catch((error: unknown) => {
      if (!signal.aborted) this.#options.onFailure(error);
    });
  }
}
