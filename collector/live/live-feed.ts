import { randomUUID } from 'node:crypto';
import { SymbolDirectory } from '../../shared/adapters/exchanges/symbol-directory.ts';
import type { VenueEvent, VenueLine, VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { catalogueOf } from './catalogue-of-feed.ts';
import { flaggedByTime } from '../outlet/flagged-by-time.ts';
import { CatchUp, MAX_HELD } from './catch-up.ts';
import { InstrumentFeed, type ReceivedMessage } from './instrument-feed.ts';
import type { LiveFeedOptions } from './live-feed-options.ts';
import { LiveBooks } from './live-books.ts';
import { LiveLine, type OpenConnection } from './live-line.ts';
import { LiveListings } from './live-listings.ts';
import { LiveOutlet } from './live-outlet.ts';
import { LiveWatermark } from './live-watermark.ts';
import { MissingTrades } from './missing-trades.ts';
import { PositionSaver } from './position-saver.ts';
import { SilenceWatch } from './silence-watch.ts';
import { UnreadMessages } from './unread-messages.ts';
import { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';
import { VenueQuestions } from './venue-questions.ts';

/** The trades of one exchange, over as many connections as it takes. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #outlet: LiveOutlet;
  readonly #feeds: ReadonlyMap<InstrumentId, InstrumentFeed>;
  readonly #catchUp: CatchUp;
  readonly #missing: MissingTrades;
  readonly #questions: VenueQuestions;
  readonly #saver: PositionSaver;
  readonly #clock = new VenueClock();
  readonly #watermark: LiveWatermark;
  /** Names this run: sessions and archived objects of different runs are never mixed up. */
  readonly #runId = `live-${randomUUID().slice(0, 8)}`;
  readonly #lines: readonly LiveLine[];
  readonly #unread: UnreadMessages;
  readonly #books: LiveBooks;
  /** What the symbols of the venue name, for all that is heard and answered. */
  readonly #directory = new SymbolDirectory();
  readonly #listings: LiveListings;
  readonly #silence: SilenceWatch;
  readonly #endTicks: () => void;
  #wasOpen = false;
  #sessions = 0;
  #connections = 0;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    const { venue, live, fence, writer, time, log, random, onFailure, timings } = options;
    const { exchange } = venue;
    // An answer belongs to no connection, so that all of them can have one decoder.
    const decoder = venue.decoder(this.#directory);
    for (const id of options.instrumentIds) this.#directory.assume(live.symbolOf(id), id);
    const heardAt = { exchange, url: options.endpoints.ws };
    const outlet = new LiveOutlet({
      writer,
      ...heardAt,
      consensus: options.consensus,
      sourceId: this.#runId,
      fence,
      time,
      log,
      flushAfterMs: timings.flushAfterMs,
      onFailure,
    });
    this.#outlet = outlet;
    this.#watermark = new LiveWatermark({
      ...heardAt,
      clock: this.#clock,
      outlet,
      time,
      onHeartbeat: (heartbeat, watermarkMs, atMs) => this.#books.heartbeat(heartbeat, watermarkMs, atMs),
    });
    this.#feeds = new Map(
      options.instrumentIds.map((id) => [
        id,
        new InstrumentFeed(id, options.lastTrades.get(id) ?? null, outlet, time),
      ]),
    );
    const { position, transport, endpoints } = options;
    const { restLagMs: lagMs, restTimeoutMs: timeoutMs, renewEveryMs: everyMs } = timings;
    const restEndpoint = endpoints.rest;
    const asking = { live, decoder, restEndpoint, transport, time, timeoutMs, lagMs, random };
    this.#questions = new VenueQuestions(asking);
    const fetch = this.#questions.fetch.bind(this.#questions);
    const kept = { position, trades: () => outlet.keptTrades() };
    this.#saver = new PositionSaver({ ...kept, time, everyMs, log, onLost: onFailure });
    const common = { exchange, decoder, outlet, time, log, random, restEndpoint, fetch };
    this.#catchUp = new CatchUp(
      {
        ...common,
        backfill: live.backfill,
        lagMs,
        venueNowMs: () => this.#clock.at(time.nowMs()) ?? time.nowMs(),
        withinMs: timings.catchUpWithinMs,
        maxHeld: MAX_HELD,
        onDoubt: () => this.#beginSession(),
      },
      () => this.#feeds.values(),
    );
    this.#missing = new MissingTrades(this.#catchUp, (work, signal) => this.#background(work, signal));
    this.#listings = new LiveListings({
      exchange,
      log,
      watch: catalogueOf(options, decoder, outlet, this.#questions),
      keep: async (listings, fromMs) => options.listings.note(listings, fromMs),
    });
    this.#unread = new UnreadMessages({ exchange, log, vitals: options.vitals });
    this.#books = new LiveBooks({
      ...common,
      url: endpoints.ws,
      rules: venue.books,
      questions: live.books,
      hasRoom: (request) => this.#questions.hasRoom(request),
      vitals: options.vitals,
      onFailure,
    });
    this.#lines = live.connect(endpoints, options.instrumentIds).map((line) => this.#newLine(line));
    this.#silence = new SilenceWatch({
      exchange,
      silenceMs: timings.silenceMs,
      time,
      log,
      isMarketGoingOn: this.#questions.isMarketGoingOn.bind(this.#questions),
      onDeaf: () => options.vitals.deaf(),
      hearAgain: (feed, connection) => this.#missing.unheard(feed, connection),
    });
    options.vitals.begin(options.instrumentIds, time.nowMs());
    this.#beginSession();
    this.#endTicks = time.every(timings.watermarkEveryMs, () => this.#tick());
  }

  #newLine(line: VenueLine): LiveLine {
    const { venue, transport, time, timings, log, random, vitals } = this.#options;
    return new LiveLine({
      line,
      feeds: line.instrumentIds.map((id) => this.#feeds.get(id)!),
      exchange: venue.exchange,
      newDecoder: () => venue.decoder(this.#directory),
      newConnectionId: () => `${this.#runId}-c${++this.#connections}`,
      transport,
      time,
      timings,
      log,
      random,
      listener: {
        opened: (connection) => {
          this.#wasOpen = true;
          this.#outlet.connection = connection.id;
          this.#missing.connected(connection);
          this.#background(this.#askTime(connection.signal), connection.signal);
          this.#books.opened(connection);
        },
        joined: (connection) => {
          this.#outlet.connection = connection.id;
          this.#books.opened(connection);
        },
        received: (text, connection) => this.#receive(text, connection),
        ended: (connection, end) => {
          if (this.#outlet.connection === connection.id) this.#outlet.connection = null;
          if (end.kind === 'lost') vitals.lost();
          else if (end.kind === 'renewed') vitals.renewed();
          this.#books.ended(connection, end.kind === 'lost' ? end.cause : end.kind);
        },
        // A line of books alone has heartbeats, and is never silent by itself.
        isMarketGoingOn: async (feeds, signal) =>
          feeds.length === 0 || this.#questions.isMarketGoingOn(feeds, signal),
      },
    });
  }

  /** Listens over all lines until the signal. */
  async hold(signal: AbortSignal): Promise<void> {
    // Nobody waits for the catalogue: what comes before it is read by the symbols that were asked for.
    const watch = this.#listings.run(signal);
    await Promise.all([watch, ...this.#lines.map(async (line) => line.hold(signal))]);
  }

  /** Shuts out whoever listened before. To be called, and awaited, before the first connection. */
  async claimLanes(): Promise<void> {
    await this.#outlet.claimLanes();
  }

  /** Sends what has come, and when it is durable hands over to the next collector. */
  async finish(): Promise<void> {
    this.#options.vitals.end();
    this.#endTicks();
    this.#books.finish();
    // What is held for want of the trades before it is left: the next run fetches it from there.
    await this.#outlet.finish();
    await this.#saver.end();
  }

  /** What follows may lack trades that came before: readers doubt what is open until the ids prove that nothing is. */
  #beginSession(): void {
    this.#sessions++;
    this.#outlet.beginSession(`${this.#runId}-${this.#sessions}`);
  }

  #receive(text: string, connection: OpenConnection): void {
    const { venue, time, vitals, endpoints } = this.#options;
    const receivedAtMs = time.nowMs();
    vitals.heard(receivedAtMs);
    this.#options.consensus.pass(receivedAtMs);
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange: venue.exchange,
      kind: 'ws',
      url: endpoints.ws,
      message: text,
      connection: connection.id,
    };
    const events = connection.decoder.read(message, receivedAtMs);
    if (this.#unread.note(events, connection.id)) this.#missing.messagesLost(connection);
    this.#listings.received(events, receivedAtMs);
    this.#books.received(message, events);
    // A message goes into the archive with its first trade, else by itself.
    let unarchived: ReceivedMessage | null = message;
    for (const event of events) {
      if (event.kind === 'clock') this.#clock.observe(event.venueTimeMs, receivedAtMs);
      else if (event.kind === 'malformed') this.#outlet.sendMalformed(text, event.cause);
      else if (event.kind === 'trade') {
        this.#receiveTrade(event, unarchived, connection);
        unarchived = null;
      }
    }
    if (unarchived !== null) this.#outlet.archive(unarchived);
    this.#noteNewest(events);
    this.#pauseUntilRoom(connection);
  }

  #noteNewest(events: readonly VenueEvent[]): void {
    const newest = events.filter((event) => event.kind === 'trade' && event.isOfNewest === true);
    if (newest.length === 0) return;
    for (const [instrumentId, trades] of Map.groupBy(newest as VenueTrade[], (trade) => trade.instrumentId))
      this.#feeds.get(instrumentId)?.noteNewest(trades);
  }

  #receiveTrade(told: VenueTrade, message: ReceivedMessage | null, connection: OpenConnection): void {
    const trade = flaggedByTime(told, this.#clock);
    const feed = this.#feeds.get(trade.instrumentId);
    if (feed === undefined) {
      // Nobody asked for the instrument.
      if (message !== null) this.#outlet.archive(message);
      return;
    }
    this.#options.vitals.traded(feed.instrumentId, trade.receivedAtMs);
    const isUnheardOf = feed.lastId === null;
    const sign = feed.receive(trade, message);
    if (sign !== null) this.#missing.noticed(feed, connection);
    if (sign === 'reset') this.#unread.noteReset(trade, feed.lastId);
    if (feed.isCatchingUp) this.#catchUp.bound();
    // From its first position on no trade of the instrument may be missing.
    if (isUnheardOf && feed.lastId !== null) this.#saver.soon();
  }

  /** A slow stream is waited for by not reading the socket; the venue's messages stay in its buffers meanwhile. */
  #pauseUntilRoom({ socket }: OpenConnection): void {
    if (socket.isPaused) return;
    const room = this.#outlet.room();
    if (room === null) return;
    this.#options.log.warn('the streams fall behind: the connection is paused');
    socket.pause();
    void room.then(() => socket.resume());
  }

  /** A second has passed: says how far the venue's time is proven, which nobody knows while trades are being fetched. */
  #tick(): void {
    if (!this.#wasOpen) return;
    for (const line of this.#lines) line.askNewestAgain();
    this.#silence.look(this.#lines.flatMap(({ connection }) => connection ?? []));
    this.#options.vitals.clockOffsetMs = this.#clock.offsetMs;
    const isWhole = ![...this.#feeds.values()].some(({ isCatchingUp }) => isCatchingUp);
    this.#watermark.tell(isWhole ? this.#heardAtMs() : null);
  }

  /** Up to when everything has come over every line of trades; null: one of them is not open. */
  #heardAtMs(): number | null {
    let least: number | null = null;
    for (const { heardAtMs, hasTrades } of this.#lines) {
      if (!hasTrades) continue;
      if (heardAtMs === null) return null;
      least = Math.min(least ?? heardAtMs, heardAtMs);
    }
    return least;
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
