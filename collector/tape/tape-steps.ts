import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { HeldBack, type SentStep } from './held-back.ts';
import { TapeBoundaries, type Boundary } from './tape-boundaries.ts';
import type { TapeBooks } from './tape-books.ts';
import type { TapeMessage } from './tape-message.ts';

/** A tape as the platform lives it: trades, what is told of books, and between them the points at which everything settles. */
export type TapeStep = SentStep | Boundary;

const NO_BOOKS = { take: (): readonly ToldBook[] => [] };

/**
 * Cuts a tape at its boundaries. A run of trades may be split anywhere else: that means nothing.
 *
 * Instruments that pass into a later second at nearly the same time are released together (`held-back.ts` says when), so
 * that what is caused by all of them settles once. Meanwhile what is told of those that have passed waits; whatever
 * belongs to one instrument keeps its order.
 */
export class TapeCutter {
  readonly #boundaries: TapeBoundaries;
  readonly #books: Pick<TapeBooks, 'take'>;
  readonly #held = new HeldBack();
  #trades: VenueTrade[] = [];

  /** @param books which the messages are shown to; left out: nobody asks for them. */
  constructor(boundaries = new TapeBoundaries(), books: Pick<TapeBooks, 'take'> = NO_BOOKS) {
    this.#boundaries = boundaries;
    this.#books = books;
  }

  /** The next messages of the tape. What is held back at their end waits for more, for `before` or for `finish`. */
  *steps(messages: Iterable<TapeMessage>): Generator<TapeStep, void, undefined> {
    for (const message of messages) {
      if (this.#held.endsBefore(message.receivedAtMs)) yield* this.#releaseAt(message);
      // All books at once are told at a heartbeat, which takes a while: its boundary settles meanwhile.
      for (const event of message.events)
        if (event.kind === 'heartbeat') yield* this.#passHeartbeat(event.venueTimeMs, message);
      const rows = this.#boundaries.enter(message, this.#books.take(message));
      if (rows.length > 0) yield* this.#tellBooks(rows, message);
      for (const event of message.events) {
        if (event.kind === 'clock') {
          this.#boundaries.noteClock(message.capture.exchange, event.venueTimeMs, message.receivedAtMs);
        } else if (event.kind === 'trade') {
          yield* this.#passTrade(this.#boundaries.judge(message, event), message);
        }
      }
    }
    yield* this.#sent();
  }

  /** What is due before a message that was received then: no message received earlier will follow. */
  *before(receivedAtMs: number): Generator<TapeStep, void, undefined> {
    if (this.#held.endsBefore(receivedAtMs)) yield* this.#release();
    yield* this.#sent();
  }

  /** The tape has come to its end. */
  *finish(): Generator<TapeStep, void, undefined> {
    yield* this.#release();
    yield* this.#sent();
  }

  /** The first message of a source of which something is held back; null: there is none. */
  firstHeldLine(source: number): number | null {
    return this.#held.firstLine(source);
  }

  *#passTrade(trade: VenueTrade, message: TapeMessage): Generator<TapeStep, void, undefined> {
    const { instrumentId } = trade;
    // What is behind the next boundary is not known to be released while this one settles.
    if (this.#held.has(instrumentId) && this.#boundaries.isPassedBy(trade)) yield* this.#releaseAt(message);
    const passed = this.#boundaries.beforeTrade(trade);
    if (passed === null) {
      if (this.#held.has(instrumentId)) this.#held.addTrade(trade, message);
      else this.#trades.push(trade);
      return;
    }
    this.#held.join(passed, message, () => this.#boundaries.behind(passed.timeMs));
    this.#held.addTrade(trade, message);
    if (this.#held.isComplete) yield* this.#release();
  }

  *#tellBooks(rows: readonly ToldBook[], message: TapeMessage): Generator<TapeStep, void, undefined> {
    const free = this.#held.isEmpty ? rows : rows.filter((row) => !this.#held.addBook(row, message));
    if (free.length === 0) return;
    yield* this.#sent();
    yield { kind: 'books', rows: free };
  }

  *#passHeartbeat(venueTimeMs: number, message: TapeMessage): Generator<TapeStep, void, undefined> {
    const { capture, receivedAtMs } = message;
    yield* this.#releaseAt(message);
    const boundary = this.#boundaries.atHeartbeat(capture.exchange, venueTimeMs, receivedAtMs);
    if (boundary === null) return;
    yield* this.#sent();
    yield boundary;
  }

  /** Of this message nothing has been sent while that settles. */
  *#releaseAt(message: TapeMessage): Generator<TapeStep, void, undefined> {
    if (this.#held.isEmpty) return;
    this.#held.note(message);
    yield* this.#release();
  }

  *#release(): Generator<TapeStep, void, undefined> {
    if (this.#held.isEmpty) return;
    yield* this.#sent();
    yield { kind: 'watermarks', watermarks: this.#held.watermarks() };
    for (const step of this.#held.take()) {
      if (step.kind === 'books') {
        yield* this.#sent();
        yield step;
      } else this.#trades.push(...step.trades);
    }
  }

  *#sent(): Generator<TapeStep, void, undefined> {
    const trades = this.#trades;
    if (trades.length === 0) return;
    this.#trades = [];
    yield { kind: 'trades', trades };
  }
}

/** The steps of a whole tape. */
export function* tapeSteps(
  messages: Iterable<TapeMessage>,
  boundaries?: TapeBoundaries,
): Generator<TapeStep, void, undefined> {
  const cutter = new TapeCutter(boundaries);
  yield* cutter.steps(messages);
  yield* cutter.finish();
}
