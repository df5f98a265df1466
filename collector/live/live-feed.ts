import { randomUUID } from 'node:crypto';
import { SymbolDirectory } from '../../shared/adapters/exchanges/symbol-directory.ts';
import type {
  VenueEvent,
  VenueLine,
  VenueRequest,
  VenueTrade,
} from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { catalogueOf } from './catalogue-of-feed.ts';
import { flaggedIfAhead } from '../outlet/flagged-if-ahead.ts';
import { CatchUp, MAX_HELD } from './catch-up.ts';
import type { Patience } from './fetch-text.ts';
import { InstrumentFeed, type ReceivedMessage } from './instrument-feed.ts';
import type { LiveFeedOptions } from './live-feed-options.ts';
import { LiveBooks } from './live-books.ts';
import { heardOverAll, LiveLine, type OpenConnection } from './live-line.ts';
import { LiveListings } from './live-listings.ts';
import { LiveOutlet } from './live-outlet.ts';
import { LiveWatermark } from './live-watermark.ts';
import { pauseUntilRoom } from './pause-until-room.ts';
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
    const { flushAfterMs } = timings;
    const sending = { writer, exchange, fence, time, log, flushAfterMs, onFailure };
    const outlet = new LiveOutlet({ ...sending, sourceId: this.#runId });
    this.#outlet = outlet;
    const onHeartbeat = (...told: Parameters<LiveBooks['heartbeat']>) => this.#books.heartbeat(...told);
    const heardAt = { exchange, url: options.endpoints.ws };
    this.#watermark = new LiveWatermark({ ...heardAt, clock: this.#clock, outlet, time, onHeartbeat });
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
    const fetch = async (request: VenueRequest, patience: Patience, signal: AbortSignal) =>
      this.#questions.fetch(request, patience, signal);
    const trades = () => outlet.keptTrades();
    this.#saver = new PositionSaver({ position, trades, time, everyMs, log, onLost: onFailure });
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
      vitals: options.vitals,
      onFailure,
    });
    this.#lines = live.connect(endpoints, options.instrumentIds).map((line) => this.#newLine(line));
    this.#silence = new SilenceWatch({
      exchange,
      silenceMs: timings.silenceMs,
      time,
      log,
      isMarketGoingOn: async (feeds, signal) => this.#questions.isMarketGoingOn(feeds, signal),
      onDeaf: () => options.vitals.deaf(),
      hearAgain: (feed, connection) =>
        this.#beginCatchUp(feed, connection, this.#askNewest(feed, connection)),
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
          this.#goOn(connection);
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

  /**
   * What was sent while nobody listened is fetched first, for quiet instruments too: no trade would tell of it soon. In a
   * moment the stream itself says of many that nothing is missing.
   * The session goes on: another connection is no reason to doubt what proves to be whole.
   */
  #goOn(connection: OpenConnection): void {
    for (const feed of connection.feeds) this.#beginCatchUp(feed, connection, true);
    this.#background(this.#askTime(connection.signal), connection.signal);
  }

  /** Messages are missing, of which none may tell by itself. What is being fetched already needs no second word. */
  #goOnAfterGap(connection: OpenConnection): void {
    for (const feed of connection.feeds)
      if (!feed.isCatchingUp) this.#beginCatchUp(feed, connection, this.#askNewest(feed, connection));
  }

  #beginCatchUp(feed: InstrumentFeed, connection: OpenConnection, isTold: boolean): void {
    if (feed.lastId === null) return;
    feed.beginCatchUp();
    this.#fetchMissing(feed, connection, isTold);
  }

  /** @param isTold the venue is about to say over the connection what may be enough. */
  #fetchMissing(feed: InstrumentFeed, { id, signal }: OpenConnection, isTold: boolean): void {
    this.#background(this.#catchUp.run(feed, id, isTold, signal), signal);
  }

  /** @returns whether the venue can be asked for its newest trades over the connection. */
  #askNewest(feed: InstrumentFeed, { newest }: OpenConnection): boolean {
    newest?.ask(feed);
    return newest !== null;
  }

  #receive(text: string, connection: OpenConnection): void {
    const { venue, time, vitals, endpoints } = this.#options;
    const receivedAtMs = time.nowMs();
    vitals.heard(receivedAtMs);
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange: venue.exchange,
      kind: 'ws',
      url: endpoints.ws,
      message: text,
      connection: connection.id,
    };
    const events = connection.decoder.read(message, receivedAtMs);
    if (this.#unread.note(events, connection.id)) this.#goOnAfterGap(connection);
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
    pauseUntilRoom(connection.socket, this.#outlet, this.#options.log);
  }

  #noteNewest(events: readonly VenueEvent[]): void {
    const newest = events.filter((event) => event.kind === 'trade' && event.isOfNewest === true);
    for (const [instrumentId, trades] of Map.groupBy(newest as VenueTrade[], (trade) => trade.instrumentId))
      this.#feeds.get(instrumentId)?.noteNewest(trades);
  }

  #receiveTrade(told: VenueTrade, message: ReceivedMessage | null, connection: OpenConnection): void {
    const trade = flaggedIfAhead(told, this.#clock);
    const feed = this.#feeds.get(trade.instrumentId);
    if (feed === undefined) {
      // Nobody asked for the instrument.
      if (message !== null) this.#outlet.archive(message);
      return;
    }
    this.#options.vitals.traded(feed.instrumentId, trade.receivedAtMs);
    const isUnheardOf = feed.lastId === null;
    const sign = feed.receive(trade, message);
    if (sign !== null) this.#fetchMissing(feed, connection, this.#askNewest(feed, connection));
    if (sign === 'reset') this.#unread.noteReset(trade, feed.lastId);
    if (feed.isCatchingUp) this.#catchUp.bound();
    // From its first position on no trade of the instrument may be missing.
    if (isUnheardOf && feed.lastId !== null) this.#saver.soon();
  }

  /** A second has passed: says how far the venue's time is proven, which nobody knows while trades are being fetched. */
  #tick(): void {
    if (!this.#wasOpen) return;
    for (const line of this.#lines) line.askNewestAgain();
    this.#silence.look(this.#lines.flatMap(({ connection }) => connection ?? []));
    const isWhole = ![...this.#feeds.values()].some(({ isCatchingUp }) => isCatchingUp);
    this.#watermark.tell(isWhole ? heardOverAll(this.#lines) : null);
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
