import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { KnownTrade } from '../../shared/adapters/exchanges/venue.ts';
import { formatCaptureLine, receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StreamRecord, StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { FlaggedDisagreement } from '../outlet/flagged-disagreement.ts';
import { FlaggedSpikes } from '../outlet/flagged-spikes.ts';
import { LanePacker } from '../outlet/lane-packer.ts';
import { RawArchiver } from '../outlet/raw-archiver.ts';
import { callsOf } from '../outlet/stream-appender.ts';
import type { LiveConsensus } from './live-consensus.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface LiveOutletOptions {
  readonly writer: StreamWriter;
  readonly exchange: Exchange;
  /** Where the venue is heard. */
  readonly url: string;
  /** With the other venues that this process listens to. */
  readonly consensus: LiveConsensus;
  /** Names this run of the collector in the archive. */
  readonly sourceId: string;
  /** Of the lease under which it is sent. */
  readonly fence: number;
  readonly time: Time;
  readonly log: Log;
  /** A trade waits at most this long for others to travel with. */
  readonly flushAfterMs: number;
  /** A stream refused for good: nothing more will be sent. */
  readonly onFailure: (error: unknown) => void;
}

/** A quote is some 100 ms old when it is told: it need not travel alone. */
const BOOKS_WAIT_MS = 50;
/** Trades that wait for a slow stream, about 5 MB; past it the venue's socket is not read. */
const MAX_PENDING_TRADES = 50_000;
/** An object of the archive is begun anew after this long, so that little is lost with the process. */
const MAX_CHUNK_AGE_MS = 5000;
/** Each object of the archive is put and moved for a price of its own, and a record takes nearly 1 MB. */
const LIVE_CHUNK = { messages: 50_000, characters: 16 * 1024 * 1024, gzipLevel: 6 } as const;
/** Between two marks lies a second; while the archive is slower than so many, the position stays where it is. */
const MAX_MARKS = 60;

/** The way from the live feed into the streams: what comes in is sent within milliseconds, one append at a time. */
export class LiveOutlet {
  readonly #options: LiveOutletOptions;
  readonly #packer: LanePacker;
  readonly #archiver: RawArchiver;
  readonly #spikes = new FlaggedSpikes();
  readonly #disagreement = new FlaggedDisagreement();
  readonly #leaveConsensus: () => void;
  #disagreeing: readonly InstrumentId[] = [];
  /** The archive does not know of it yet, in this session. */
  #isDisagreementUntold = true;
  /** Of the stream of trades. */
  readonly #durable = new Map<InstrumentId, KnownTrade>();
  /** Of both streams. */
  readonly #kept = new Map<InstrumentId, KnownTrade>();
  /** What was durable, by the line of the archive at which it is kept as well; oldest first. */
  readonly #marks: { readonly line: number; readonly trades: ReadonlyMap<InstrumentId, KnownTrade> }[] = [];
  #sent = new Map<InstrumentId, KnownTrade>();
  #sessionId = '';
  #connection: string | null = null;
  /** Records of an earlier session that wait for the append under way. */
  #taken: StreamRecord[] = [];
  #line = 1;
  #nextStart: { readonly dueAt: number; callOff(): void } | null = null;
  #pump: Promise<void> | null = null;
  #archiveRoom: Promise<void> | null = null;
  #watermarkMs: number | null = null;
  #hasFailed = false;

  constructor(options: LiveOutletOptions) {
    this.#options = options;
    const { writer, sourceId, exchange, fence, log, consensus } = options;
    this.#packer = new LanePacker(() => this.#sessionId, fence);
    this.#archiver = new RawArchiver({ writer, sourceId, exchange, fence, log, chunk: LIVE_CHUNK });
    this.#leaveConsensus = consensus.join(exchange, (disagreeing) => {
      this.#disagreeing = disagreeing;
      this.#disagreement.disagreeing = disagreeing;
      this.#isDisagreementUntold = true;
    });
  }

  /**
   * The last trade of each instrument that both streams have, of those sent since the start: whoever goes on from here
   * fetches, and archives, what only this process has.
   */
  keptTrades(): ReadonlyMap<InstrumentId, KnownTrade> {
    if (this.#marks.length < MAX_MARKS)
      this.#marks.push({ line: this.#line, trades: new Map(this.#durable) });
    const { firstLine } = this.#archiver.position();
    while (this.#marks.length > 0 && this.#marks[0]!.line <= firstLine) {
      for (const [instrumentId, trade] of this.#marks.shift()!.trades) this.#kept.set(instrumentId, trade);
    }
    return this.#kept;
  }

  /** The first trade ever of an instrument came: from here on none may be missing. */
  beginInstrument(instrumentId: InstrumentId, first: KnownTrade): void {
    const { tradeId, timeMs } = first;
    if (tradeId > 0) this.#kept.set(instrumentId, { tradeId: tradeId - 1, timeMs });
  }

  /**
   * Sends the fence down every lane, before anything else: from then on readers drop what the collector before may
   * still send. Resolves when that is so, or when a stream refused.
   */
  async claimLanes(): Promise<void> {
    const { exchange, fence } = this.#options;
    this.#packer.addLaneWatermarks(exchange, null);
    await Promise.all([
      this.#sendAll(),
      this.#archiver.claim(fence).catch((error: unknown) => this.#fail(error)),
    ]);
  }

  /** What follows is another observation: what came before may have an end that was missed. */
  beginSession(sessionId: string): void {
    this.#taken.push(...this.#packer.take());
    this.#sessionId = sessionId;
    this.#spikes.enterSession(sessionId);
    this.#isDisagreementUntold = true;
  }

  /** The one that is open now, of several the latest; null: there is none. */
  get connection(): string | null {
    return this.#connection;
  }

  set connection(connection: string | null) {
    this.#connection = connection;
  }

  /** @param known the trade by its number and time, or null where the venue sent no number that is one. */
  sendTrade(trade: ToldTrade, known: KnownTrade | null): void {
    if (this.#isDisagreementUntold) this.#tellDisagreement();
    this.#options.consensus.trade(trade);
    this.#packer.addTrade(this.#disagreement.trade(this.#spikes.flagged(trade)));
    if (known !== null) this.#sent.set(trade.instrumentId, known);
    this.#schedule();
  }

  /** What is told of a book, behind the trades that were sent before. */
  sendBook(told: ToldBook): void {
    if (this.#isDisagreementUntold) this.#tellDisagreement();
    this.#options.consensus.book(told);
    this.#packer.addBook(this.#disagreement.book(told));
    this.#schedule(BOOKS_WAIT_MS);
  }

  sendMalformed(raw: string, cause: string): void {
    this.#packer.addMalformed(this.#options.exchange, raw, cause);
    this.#schedule();
  }

  /** @param message of the connection that is open, unless it says otherwise. */
  archive(message: Omit<CaptureMessage, 'line' | 'text'>): void {
    const receivedMs = receivedAtMs(message.receivedAtNs);
    const connection = message.connection ?? this.#connection;
    const observed = { session: this.#sessionId, ...(connection === null ? {} : { connection }) };
    const room = this.#archiver.add(this.#line++, receivedMs, formatCaptureLine({ ...message, ...observed }));
    if (room === null) return;
    this.#archiveRoom = room.catch((error: unknown) => this.#fail(error));
  }

  /**
   * Once a second: tells every lane how far the venue's time is proven, and that this collector is alive.
   * @param watermarkMs no trade before it will follow; null: not known yet.
   * @param venueOffsetMs how far the venue's clock is ahead of ours; null: not known yet.
   */
  sendWatermark(
    watermarkMs: number | null,
    heartbeat: Omit<CaptureMessage, 'line' | 'text'>,
    venueOffsetMs: number | null,
  ): void {
    this.#packer.addLaneWatermarks(this.#options.exchange, watermarkMs, venueOffsetMs);
    if (watermarkMs !== null && watermarkMs !== this.#watermarkMs) this.archive(heartbeat);
    this.#watermarkMs = watermarkMs;
    this.#archiver.cutBefore(receivedAtMs(heartbeat.receivedAtNs) - MAX_CHUNK_AGE_MS);
    if (this.#archiver.failure !== null) this.#fail(this.#archiver.failure);
    this.#start();
  }

  /** A promise that resolves when there is room again; null: there is. */
  room(): Promise<void> | null {
    if (this.#archiveRoom === null && this.#packer.pendingTrades < MAX_PENDING_TRADES) return null;
    return this.#makeRoom();
  }

  /** Sends everything and resolves when it is durable, or when a stream has refused it for good. */
  async finish(): Promise<void> {
    this.#leaveConsensus();
    await this.#sendAll();
    await this.#archiver.finish().catch((error: unknown) => this.#fail(error));
  }

  /**
   * Before the first trade or book that it is said of, or that it is not said of any more: a replay reads it there, and flags what was
   * flagged. It may not have the other venues.
   */
  #tellDisagreement(): void {
    const { exchange, url, time } = this.#options;
    this.#isDisagreementUntold = false;
    const message = JSON.stringify({ instrumentIds: this.#disagreeing });
    this.archive({ receivedAtNs: `${time.nowMs()}000000`, exchange, kind: 'disagreement', url, message });
  }

  async #sendAll(): Promise<void> {
    while (!this.#hasFailed && (this.#hasPending() || this.#pump !== null)) {
      this.#start();
      await this.#pump;
    }
  }

  async #makeRoom(): Promise<void> {
    await this.#archiveRoom;
    this.#archiveRoom = null;
    while (!this.#hasFailed && this.#pump !== null && this.#packer.pendingTrades >= MAX_PENDING_TRADES / 2) {
      await this.#pump;
    }
  }

  /** Nothing is sent behind what was refused. */
  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.onFailure(error);
  }

  #hasPending(): boolean {
    return this.#taken.length > 0 || this.#packer.hasPending;
  }

  /** @param withinMs what waits may wait so long for others to travel with. */
  #schedule(withinMs = this.#options.flushAfterMs): void {
    if (this.#pump !== null) return;
    if (this.#packer.isFull) {
      this.#start();
      return;
    }
    const { time } = this.#options;
    const dueAt = time.elapsedMs() + withinMs;
    if (this.#nextStart !== null && this.#nextStart.dueAt <= dueAt) return;
    this.#nextStart?.callOff();
    this.#nextStart = { dueAt, callOff: time.after(withinMs, () => this.#start()) };
  }

  #start(): void {
    this.#nextStart?.callOff();
    this.#nextStart = null;
    if (this.#hasFailed || this.#pump !== null || !this.#hasPending()) return;
    this.#pump = this.#append()
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#pump = null;
        if (this.#hasPending()) this.#schedule();
      });
  }

  async #append(): Promise<void> {
    const records = [...this.#taken, ...this.#packer.take()];
    const sent = this.#sent;
    this.#taken = [];
    this.#sent = new Map();
    for (const call of callsOf(records)) await this.#options.writer.append('trades', call);
    for (const [instrumentId, trade] of sent) this.#durable.set(instrumentId, trade);
  }
}
