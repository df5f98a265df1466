import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { isTradeTime } from '../../shared/contracts/lane-rows.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import { LanePacker } from '../outlet/lane-packer.ts';
import { StreamAppender } from '../outlet/stream-appender.ts';
import type { Boundary, TapeBoundaries } from './tape-boundaries.ts';
import { TapeBooks } from './tape-books.ts';
import type { TapeGate } from './tape-gate.ts';
import type { TapeMessage } from './tape-message.ts';
import { TapeCutter, type TapeStep } from './tape-steps.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface TapeFeedOptions {
  readonly writer: StreamWriter;
  readonly gate: TapeGate;
  readonly boundaries: TapeBoundaries;
  readonly sessionId: string;
  /** How far the clock had come; −1: not begun. */
  readonly clockMs: number;
  readonly signal: AbortSignal;
  /**
   * A boundary begins to settle. What is returned is called when it has: then everything before the message that is under way
   * now is durable and settled. Whatever is taken meanwhile is not.
   */
  readonly onBoundary: () => () => Promise<void>;
}

/** Sends a tape down the stream of trades, and holds it back at each of its boundaries. */
export class TapeFeed {
  readonly #options: TapeFeedOptions;
  readonly #packer: LanePacker;
  readonly #appender: StreamAppender;
  readonly #books = new TapeBooks();
  readonly #cutter: TapeCutter;
  #clockMs: number;
  #trades = 0;
  /** What these trades may cause is not known to have settled. */
  #hasUnsettledTrades = false;
  /** The boundary that is under way; null: none is. */
  #boundary: Promise<void> | null = null;

  constructor(options: TapeFeedOptions) {
    this.#options = options;
    this.#packer = new LanePacker(() => options.sessionId);
    this.#appender = new StreamAppender(options.writer, 'trades');
    this.#cutter = new TapeCutter(options.boundaries, this.#books);
    this.#clockMs = options.clockMs;
  }

  get clockMs(): number {
    return this.#clockMs;
  }

  /** Trades sent so far. */
  get trades(): number {
    return this.#trades;
  }

  /** Takes the next messages of the tape. What does not fill a record waits for more, for a boundary or for `flush`. */
  async send(messages: Iterable<TapeMessage>): Promise<void> {
    await this.#take(this.#cutter.steps(this.#setMalformedAside(messages)));
    if (this.#packer.isFull) await this.flush();
  }

  /** Nothing received earlier will follow: what need not wait for more is sent, and begins to be appended. */
  async sendBefore(receivedAtMs: number): Promise<void> {
    await this.#take(this.#cutter.before(receivedAtMs));
    await this.flush();
  }

  /** The first message of a source that is not wholly sent, of those that were taken; null: all are. */
  firstHeldLine(source: number): number | null {
    return this.#cutter.firstHeldLine(source);
  }

  /** A message that an earlier run has sent: books, and what is doubtful, are what all messages up to now make of them. */
  follow(message: TapeMessage): void {
    this.#options.boundaries.follow(message, this.#books.take(message));
  }

  /** Begins to append what waits. */
  async flush(): Promise<void> {
    await this.#appender.begin(this.#packer.take());
  }

  /**
   * The tape has come to an end, which closes nothing: what is left is sent, and settles. Then its lanes are told, so that
   * whoever waits for more of it waits no longer.
   */
  async finish(): Promise<void> {
    await this.#take(this.#cutter.finish());
    await this.#settleSent();
    for (const lane of this.#options.boundaries.lanes()) this.#packer.addEnd(lane);
    await this.#settleSent();
  }

  /** Resolves when nothing is under way any more, durable or not. */
  async idle(): Promise<void> {
    await this.#boundary?.catch(() => undefined);
    await this.#appender.drain().catch(() => undefined);
  }

  *#setMalformedAside(messages: Iterable<TapeMessage>): Generator<TapeMessage> {
    for (const message of messages) {
      for (const event of message.events) {
        if (event.kind === 'malformed')
          this.#packer.addMalformed(message.capture.exchange, message.capture.message, event.cause);
      }
      yield message;
    }
  }

  async #sendTrades(trades: readonly VenueTrade[]): Promise<void> {
    for (const trade of trades) {
      if (this.#clockMs < 0) this.#startClock(trade);
      this.#packer.addTrade(trade);
      this.#trades++;
      this.#hasUnsettledTrades = true;
      if (this.#packer.isFull) await this.flush();
    }
  }

  /** While a boundary settles, what comes behind it is got ready; nothing but books is sent. */
  async #take(steps: Iterable<TapeStep>): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'books') await this.#sendBooks(step.rows);
      else {
        await this.#passed();
        if (step.kind === 'trades') await this.#sendTrades(step.trades);
        else await this.#release(step);
      }
    }
    await this.#passed();
  }

  async #passed(): Promise<void> {
    if (this.#boundary === null) return;
    await this.#boundary;
    this.#boundary = null;
  }

  /** Nothing is decided upon what is told of a book: no boundary waits for it, nor is it held back at one. */
  async #sendBooks(rows: readonly ToldBook[]): Promise<void> {
    for (const row of rows) this.#packer.addBook(row);
    if (this.#packer.isFull) await this.flush();
  }

  /**
   * First what lies before the boundary, then the watermark: what is decided when a candle closes must find in the ledger
   * what was filled by the trades in it, and two functions that read the same record promise no order between them. The
   * clock is there before it: whoever hears of the watermark decides by the time at which it holds.
   */
  async #release(boundary: Boundary): Promise<void> {
    if (this.#hasUnsettledTrades) await this.#settleSent();
    if (boundary.kind === 'heartbeat') {
      this.#advanceClock(boundary.watermarkMs);
      this.#packer.addLaneWatermarks(boundary.exchange, boundary.watermarkMs);
    } else {
      for (const watermark of boundary.watermarks) {
        this.#advanceClock(watermark.timeMs);
        this.#packer.addWatermark(watermark);
      }
    }
    const passed = this.#options.onBoundary();
    await this.flush();
    await this.#appender.drain();
    this.#boundary = this.#settle().then(passed);
    // It may fail while books are sent; it is awaited behind them.
    this.#boundary.catch(() => undefined);
  }

  async #settleSent(): Promise<void> {
    await this.flush();
    await this.#appender.drain();
    await this.#settle();
  }

  async #settle(): Promise<void> {
    await unlessAborted(this.#options.gate.settled(), this.#options.signal);
    this.#hasUnsettledTrades = false;
  }

  /** Before the first boundary the clock stands at the second in which the tape begins. */
  #startClock({ timeMs, receivedAtMs, isAnswer, quality }: VenueTrade): void {
    if (isTradeTime(timeMs, receivedAtMs, isAnswer) && quality === undefined)
      this.#advanceClock(timeMs - (timeMs % 1000));
  }

  /** Instruments pass their boundaries one after the other: the clock follows the foremost. */
  #advanceClock(timeMs: number): void {
    if (timeMs <= this.#clockMs) return;
    this.#clockMs = timeMs;
    this.#options.gate.advanceTo(timeMs);
  }
}
