import type { CaptureEvent } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { FollowedBooks } from '../../shared/adapters/exchanges/followed-books.ts';
import type { Decoder, LiveBooks as BookQuestions } from '../../shared/adapters/exchanges/venue.ts';
import type { BookRules, BookState } from '../../shared/domain/market-data/book/book-keeper.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { BookSync, type BookSyncOptions } from './book-sync.ts';
import type { ReceivedMessage } from './instrument-feed.ts';
import type { OpenConnection } from './live-line.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { BookVitals, BrokenBook, VenueVitals } from './venue-vitals.ts';

export interface LiveBooksOptions extends Omit<
  BookSyncOptions,
  'books' | 'stateOf' | 'isBrief' | 'take' | 'exchange'
> {
  readonly exchange: Exchange;
  readonly url: string;
  readonly rules: BookRules | null;
  readonly questions: BookQuestions | null;
  /** Of answers. */
  readonly decoder: Decoder;
  readonly outlet: LiveOutlet;
  readonly vitals: VenueVitals;
}

/**
 * The books of a venue, as its connections tell them. Whatever decides what is told of them goes through the archive in the same
 * order, the end of a connection too: a replay of what was recorded tells the same.
 */
export class LiveBooks {
  readonly #options: LiveBooksOptions;
  readonly #books: FollowedBooks;
  /** null: nobody listens to the venue's books. */
  readonly #sync: BookSync | null;
  readonly #connections = new Set<OpenConnection>();
  #toldWatermarkMs: number | null = null;
  /** By connection and instrument. */
  #broken: ReadonlyMap<string, BrokenBook> = new Map();

  constructor(options: LiveBooksOptions) {
    this.#options = options;
    const { rules, questions, vitals } = options;
    this.#books = new FollowedBooks(() => rules);
    this.#sync =
      rules === null || questions === null
        ? null
        : new BookSync({
            ...options,
            books: questions,
            stateOf: (connection, instrumentId) => this.#stateOf(connection, instrumentId),
            isBrief: ({ id }, instrumentId) =>
              this.#books.isBriefOver(
                { exchange: options.exchange, kind: 'ws', url: options.url, connection: id },
                instrumentId,
              ),
            take: (connection, url, text) => this.#takeAnswer(connection, url, text),
          });
    vitals.followBooks(() => this.#vitals());
  }

  opened(connection: OpenConnection): void {
    this.#connections.add(connection);
    this.#sync?.opened(connection);
  }

  /** To be called before the message's trades are sent. */
  received(message: ReceivedMessage, events: readonly CaptureEvent[]): void {
    const { outlet } = this.#options;
    for (const row of this.#books.take(message, events)) outlet.sendBook(row);
  }

  ended(connection: OpenConnection, cause: string): void {
    this.#connections.delete(connection);
    this.#sync?.ended(connection);
    const message = this.#messageOf('end', this.#options.url, JSON.stringify({ cause }), connection);
    this.#options.outlet.archive(message);
    this.received(message, [{ kind: 'connection-ended' }]);
  }

  /** The heartbeat of a second, before its watermark is sent: it is archived only where that has moved. */
  heartbeat(message: ReceivedMessage, watermarkMs: number | null, venueTimeMs: number): void {
    this.#noteBroken();
    if (watermarkMs === null || watermarkMs === this.#toldWatermarkMs) return;
    this.#toldWatermarkMs = watermarkMs;
    this.received(message, [{ kind: 'heartbeat', venueTimeMs }]);
  }

  finish(): void {
    this.#sync?.finish();
    this.#options.vitals.followBooks(null);
  }

  #takeAnswer(connection: OpenConnection, url: string, text: string): string | null {
    const { decoder, outlet, time } = this.#options;
    const message = this.#messageOf('rest', url, text, connection);
    const events = decoder.read(message, time.nowMs());
    outlet.archive(message);
    this.received(message, events);
    const [first] = events;
    if (events.some(({ kind }) => kind === 'book-snapshot')) return null;
    return first !== undefined && 'cause' in first ? first.cause : 'the answer is no snapshot';
  }

  #messageOf(kind: string, url: string, text: string, connection: OpenConnection): ReceivedMessage {
    const { exchange, time } = this.#options;
    const receivedAtNs = `${time.nowMs()}000000`;
    return { receivedAtNs, exchange, kind, url, message: text, connection: connection.id };
  }

  #stateOf({ id: connection }: OpenConnection, instrumentId: InstrumentId): BookState {
    const { exchange, url } = this.#options;
    return this.#books.stateOver({ exchange, kind: 'ws', url, connection }, instrumentId);
  }

  #vitals(): BookVitals {
    this.#noteBroken();
    let listened = 0;
    for (const { bookIds } of this.#connections) listened += bookIds.length;
    return { counters: this.#books.counters(), listened, broken: [...this.#broken.values()] };
  }

  /** Since when a book is not whole is known to the second: nobody asks a book at every message. */
  #noteBroken(): void {
    const before = this.#broken;
    const broken = new Map<string, BrokenBook>();
    for (const connection of this.#connections)
      for (const instrumentId of connection.bookIds) {
        const state = this.#stateOf(connection, instrumentId);
        if (state === 'whole') continue;
        const key = `${connection.id} ${instrumentId}`;
        const sinceMs = before.get(key)?.sinceMs ?? this.#options.time.nowMs();
        broken.set(key, { instrumentId, state, sinceMs });
      }
    this.#broken = broken;
  }
}
