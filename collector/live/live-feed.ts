import { randomUUID } from 'node:crypto';
import type {
  LiveProtocol,
  VenueEndpoints,
  VenueTrade,
} from '../../shared/adapters/exchanges/venue-protocol.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { HEARTBEAT_GRACE_MS } from '../outlet/heartbeat-grace.ts';
import { CatchUp, MAX_HELD } from './catch-up.ts';
import { InstrumentFeed, type ReceivedMessage } from './instrument-feed.ts';
import { LiveOutlet } from './live-outlet.ts';
import type { LiveTime } from './live-time.ts';
import type { LivePosition } from './live-position.ts';
import { PositionSaver } from './position-saver.ts';
import { VenueClock } from './venue-clock.ts';
import { VenueQuestions } from './venue-questions.ts';
import type { VenueVitals } from './venue-vitals.ts';
import { VenueConnection, type ConnectionEnd, type ConnectionTimings } from './venue-connection.ts';
import type { VenueTransport } from './venue-transport.ts';

export interface LiveFeedTimings extends ConnectionTimings {
  readonly watermarkEveryMs: number;
  /** The position is saved so often, and the lease renewed with it. */
  readonly renewEveryMs: number;
  /** A trade waits at most this long for others to travel with. */
  readonly flushAfterMs: number;
  readonly restTimeoutMs: number;
  /** By so much REST answers may lag behind the stream. */
  readonly restLagMs: number;
  /** For so long after an interruption the missing trades are asked for. */
  readonly catchUpWithinMs: number;
}

export interface LiveFeedOptions {
  readonly protocol: LiveProtocol;
  readonly instrumentIds: readonly InstrumentId[];
  /** Of the lease under which it sends. */
  readonly fence: number;
  /** Of earlier runs. */
  readonly lastTradeIds: ReadonlyMap<InstrumentId, number>;
  readonly endpoints: VenueEndpoints;
  readonly transport: VenueTransport;
  readonly time: LiveTime;
  readonly writer: StreamWriter;
  readonly timings: LiveFeedTimings;
  readonly log: Log;
  readonly random: () => number;
  readonly position: Pick<LivePosition, 'save' | 'saveAndRelease'>;
  readonly onFailure: (error: unknown) => void;
  /** Told when the venue is heard. */
  readonly vitals: VenueVitals;
}

/** The trades of one exchange, over as many connections as it takes. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #outlet: LiveOutlet;
  readonly #feeds: ReadonlyMap<InstrumentId, InstrumentFeed>;
  readonly #catchUp: CatchUp;
  readonly #questions: VenueQuestions;
  readonly #saver: PositionSaver;
  readonly #clock = new VenueClock();
  /** Names this run: sessions and archived objects of different runs are never mixed up. */
  readonly #runId = `live-${randomUUID().slice(0, 8)}`;
  readonly #endTicks: () => void;
  #wasOpen = false;
  #sessions = 0;
  #connections = 0;
  #connection: VenueConnection | null = null;
  #watermarkMs: number | null = null;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    const { protocol, fence, writer, time, log, random, onFailure, timings } = options;
    const { exchange } = protocol;
    const outlet = new LiveOutlet({
      writer,
      exchange,
      sourceId: this.#runId,
      fence,
      time,
      log,
      flushAfterMs: timings.flushAfterMs,
      onFailure,
    });
    this.#outlet = outlet;
    this.#feeds = new Map(
      options.instrumentIds.map((id) => [
        id,
        new InstrumentFeed(id, options.lastTradeIds.get(id) ?? null, outlet, time),
      ]),
    );
    const { position, transport, endpoints } = options;
    const { restLagMs: lagMs, restTimeoutMs: timeoutMs, renewEveryMs: everyMs } = timings;
    const restEndpoint = endpoints.rest;
    this.#questions = new VenueQuestions({
      protocol,
      restEndpoint,
      transport,
      time,
      timeoutMs,
      lagMs,
      random,
    });
    const ids = () => outlet.keptIds();
    this.#saver = new PositionSaver({ position, ids, time, everyMs, log, onLost: onFailure });
    this.#catchUp = new CatchUp(
      {
        protocol,
        outlet,
        time,
        log,
        restEndpoint,
        lagMs,
        withinMs: timings.catchUpWithinMs,
        maxHeld: MAX_HELD,
        onDoubt: () => this.#beginSession(),
        fetch: async (request, patience, signal) => this.#questions.fetch(request, patience, signal),
      },
      () => this.#feeds.values(),
    );
    options.vitals.begin(options.instrumentIds, time.nowMs());
    this.#beginSession();
    this.#endTicks = time.every(timings.watermarkEveryMs, () => this.#tick());
  }

  /** Listens over one connection until it ends. */
  async holdConnection(signal: AbortSignal): Promise<ConnectionEnd> {
    const { protocol, endpoints, transport, time, instrumentIds, timings, log } = this.#options;
    const connectionId = `${this.#runId}-c${++this.#connections}`;
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const connection = new VenueConnection({
      transport,
      time,
      url: protocol.tradeStreamUrl(endpoints.ws, instrumentIds),
      timings,
      signal,
      onOpen: () => {
        this.#wasOpen = true;
        this.#outlet.connection = connectionId;
        log.info('connected', { exchange: protocol.exchange, instruments: instrumentIds.length });
        this.#goOn(either);
      },
      onMessage: (text) => this.#receive(text, connectionId, either),
      isMarketGoingOn: async () => this.#questions.isMarketGoingOn(this.#feeds.values(), either),
    });
    this.#connection = connection;
    try {
      return await connection.run();
    } finally {
      this.#connection = null;
      this.#outlet.connection = null;
      ended.abort();
    }
  }

  /** Shuts out whoever listened before. To be called, and awaited, before the first connection. */
  async claimLanes(): Promise<void> {
    await this.#outlet.claimLanes();
  }

  /** Sends what has come, and when it is durable hands over to the next collector. */
  async finish(): Promise<void> {
    this.#options.vitals.end();
    this.#endTicks();
    // What is held for want of the trades before it is left: the next run fetches it from there.
    await this.#outlet.finish();
    await this.#saver.end();
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

  #receive(text: string, connection: string, signal: AbortSignal): void {
    const { protocol, time, vitals } = this.#options;
    const receivedAtMs = time.nowMs();
    vitals.heard(receivedAtMs);
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange: protocol.exchange,
      kind: 'ws',
      url: this.#options.endpoints.ws,
      message: text,
      connection,
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
    const isUnheardOf = feed.lastId === null;
    if (feed.receive(trade, message) === 'gap') this.#background(this.#catchUp.run(feed, signal), signal);
    if (feed.isCatchingUp) this.#catchUp.bound();
    // From its first position on no trade of the instrument may be missing.
    if (isUnheardOf && feed.lastId !== null) this.#saver.soon();
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
      receivedAtNs: `${this.#options.time.nowMs()}000000`,
      exchange: this.#options.protocol.exchange,
      kind: 'heartbeat',
      url: this.#options.endpoints.ws,
      message: JSON.stringify({ venueTimeMs: (this.#watermarkMs ?? 0) + HEARTBEAT_GRACE_MS }),
    });
  }

  async #askTime(signal: AbortSignal): Promise<void> {
    const venueTimeMs = await this.#questions.venueTimeMs(signal);
    if (venueTimeMs !== null) this.#clock.observe(venueTimeMs, this.#options.time.nowMs());
  }

  /** What fails in the background for another reason than the connection's end fails the collector. */
  #background(work: Promise<void>, signal: AbortSignal): void {
    work.catch((error: unknown) => {
      if (!signal.aborted) this.#options.onFailure(error);
    });
  }
}
