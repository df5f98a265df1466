import { receivedAtMs, type CaptureMessage } from '../../contracts/capture.ts';
import {
  BookKeeper,
  type BookCounters,
  type BookRules,
  type BookSnapshot,
  type BookState,
} from '../../domain/market-data/book/book-keeper.ts';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import { exchangeOf, type InstrumentId } from '../../domain/market-data/instrument.ts';
import {
  FollowedBook,
  STALE_AFTER_MS,
  sumOfCounters,
  type BookConnection,
  type Told,
  type ToldBook,
} from './followed-book.ts';
import type { CaptureEvent } from './capture-decoders.ts';
import { venueOf } from './venues.ts';

type Origin = Pick<CaptureMessage, 'exchange' | 'kind' | 'url' | 'connection' | 'receivedAtNs'>;

interface LastOrigin {
  readonly exchange: Exchange;
  readonly url: string;
  readonly connection: string | undefined;
  readonly of: BookConnection;
}

/** What the books of one instrument come to. */
export interface CapturedBook {
  readonly instrumentId: InstrumentId;
  /** Over how many connections it was told. */
  readonly connections: number;
  readonly state: BookState;
  /** Why it is not whole; null: it is, or never was. */
  readonly cause: string | null;
  /** Of all connections together. */
  readonly counters: BookCounters;
  /** The one that is whole, of several the one that was heard of last. */
  readonly book: BookKeeper['book'];
}

/** More than anybody trades: whoever tells of more is making them up. */
export const MAX_BOOKS = 10_000;
/** A capture of more connections than this has somebody making them up: the oldest is forgotten. */
const MAX_CONNECTIONS = 1000;
const NOTHING: readonly ToldBook[] = [];
const SILENT = `nothing was heard for ${STALE_AFTER_MS / 1000} s`;
/** Quotes are told each 100 ms of venue time: within them the clock has nothing to say. */
const CLOCK_MS = 100;

/**
 * The books of which messages tell, live or in a capture: of each instrument one for each connection that tells of it, and where
 * a capture tells none apart, for each address. The answer to a question for a snapshot completes the updates of every
 * connection, since the venue numbers them for all alike, unless its line names the one for which it was asked. The same
 * messages in the same order give the same quotes.
 */
export class FollowedBooks {
  readonly #books = new Map<InstrumentId, FollowedBook>();
  readonly #connections = new Map<string, BookConnection>();
  /** The newest snapshot that was asked for: the first update may come after it. */
  readonly #asked = new Map<InstrumentId, BookSnapshot>();
  readonly #rulesOf: (exchange: Exchange) => BookRules | null;
  #last: LastOrigin | null = null;
  #nowMs = 0;
  #messages = 0;
  #refused = 0;

  constructor(rulesOf: (exchange: Exchange) => BookRules | null = (exchange) => venueOf(exchange).books) {
    this.#rulesOf = rulesOf;
  }

  /** Events of instruments past `MAX_BOOKS`, of which no book is kept. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * @param events of the message, as its decoder gave them.
   * @returns what is to be told now, before the message's trades.
   */
  take(origin: Origin, events: readonly CaptureEvent[]): readonly ToldBook[] {
    const rules = this.#rulesOf(origin.exchange);
    if (rules === null) return NOTHING;
    this.#messages++;
    this.#nowMs = receivedAtMs(origin.receivedAtNs);
    const connection = this.#connectionOf(origin);
    if (origin.kind === 'ws') connection.heardAtMs = this.#nowMs;
    const rows: ToldBook[] = [];
    this.#passTime(connection, origin.exchange, events, rows);
    for (const event of events) this.#takeEvent(event, connection, origin, rules, rows);
    return rows;
  }

  /** By instrument. */
  all(): readonly CapturedBook[] {
    const ids = new Set([...this.#books.keys(), ...this.#asked.keys()]);
    return [...ids].sort().map((instrumentId) => this.#captured(instrumentId));
  }

  /** Of the book as this connection tells it. */
  stateOver(origin: Omit<Origin, 'receivedAtNs'>, instrumentId: InstrumentId): BookState {
    const told = this.#books.get(instrumentId)?.of(this.#connectionOf(origin));
    return told?.keeper.state ?? 'syncing';
  }

  /** Whether the book is known but a little way out, as this connection tells it. */
  isBriefOver(origin: Omit<Origin, 'receivedAtNs'>, instrumentId: InstrumentId): boolean {
    return this.#books.get(instrumentId)?.of(this.#connectionOf(origin))?.keeper.isBrief ?? false;
  }

  /** Of all books together; null: there is none. */
  counters(): BookCounters | null {
    const all = [...this.#books.values()].flatMap(({ allCounters }) => allCounters);
    return all.length === 0 ? null : sumOfCounters(all);
  }

  #passTime(
    connection: BookConnection,
    exchange: Exchange,
    events: readonly CaptureEvent[],
    rows: ToldBook[],
  ): void {
    for (const event of events) {
      if (event.kind === 'clock') {
        const last = connection.clockMs;
        connection.clockMs = event.venueTimeMs;
        if (last !== null && Math.floor(last / CLOCK_MS) === Math.floor(event.venueTimeMs / CLOCK_MS))
          continue;
        for (const book of connection.leads) book.pass(event.venueTimeMs, rows);
      } else if (event.kind === 'heartbeat') {
        for (const [instrumentId, book] of this.#books)
          if (exchangeOf(instrumentId) === exchange) book.pass(event.venueTimeMs, rows);
      }
    }
  }

  #takeEvent(
    event: CaptureEvent,
    connection: BookConnection,
    origin: Origin,
    rules: BookRules,
    rows: ToldBook[],
  ): void {
    const nowMs = this.#nowMs;
    switch (event.kind) {
      case 'book-snapshot':
        if (origin.kind === 'rest' && origin.connection === undefined)
          this.#takeAnswer(event.instrumentId, event, rules, rows);
        else
          this.#heard(event.instrumentId, connection, rules, (book, told) =>
            book.snapshot(told, event, nowMs, rows),
          );
        break;
      case 'book-delta':
        this.#heard(event.instrumentId, connection, rules, (book, told, isNew) => {
          book.delta(told, event, nowMs, rows);
          if (isNew) this.#giveAsked(book, told, rows);
        });
        break;
      case 'quote': {
        const book = this.#books.get(event.instrumentId);
        const told = book?.of(connection);
        if (told !== undefined) book?.quote(told, event, nowMs, rows);
        break;
      }
      case 'book-gap':
        if (event.instrumentId === null) this.#loseAll(connection, event.cause, rows);
        else
          this.#heard(event.instrumentId, connection, rules, (book, told, isNew) => {
            if (isNew) this.#giveAsked(book, told, rows);
            book.lose(told, event.cause, nowMs, rows);
          });
        break;
      case 'sequence-gap':
        this.#loseAll(connection, `message ${event.expected} should have come, and ${event.got} did`, rows);
        break;
      case 'connection-ended':
        this.#endConnection(connection, rows);
        break;
      default:
    }
  }

  #takeAnswer(instrumentId: InstrumentId, snapshot: BookSnapshot, rules: BookRules, rows: ToldBook[]): void {
    const book = this.#bookOf(instrumentId, rules);
    if (book === null) return;
    for (const told of [...book.told]) book.snapshot(told, snapshot, this.#nowMs, rows);
    this.#asked.set(instrumentId, snapshot);
  }

  /** Something of the book itself was heard. */
  #heard(
    instrumentId: InstrumentId,
    connection: BookConnection,
    rules: BookRules,
    act: (book: FollowedBook, told: Told, isNew: boolean) => void,
  ): void {
    const book = this.#bookOf(instrumentId, rules);
    if (book === null) return;
    const known = book.of(connection);
    const told = known ?? book.open(connection);
    told.heardAt = this.#messages;
    act(book, told, known === undefined);
  }

  /** Of a connection that is heard for the first time, the answer that came before may be the begin. */
  #giveAsked(book: FollowedBook, told: Told, rows: ToldBook[]): void {
    const asked = this.#asked.get(book.instrumentId);
    if (asked !== undefined) book.snapshot(told, asked, this.#nowMs, rows);
  }

  #bookOf(instrumentId: InstrumentId, rules: BookRules): FollowedBook | null {
    let book = this.#books.get(instrumentId);
    if (book !== undefined) return book;
    if (this.#books.size >= MAX_BOOKS) {
      this.#refused++;
      return null;
    }
    book = new FollowedBook(instrumentId, rules);
    this.#books.set(instrumentId, book);
    return book;
  }

  #loseAll(connection: BookConnection, cause: string, rows: ToldBook[]): void {
    for (const book of this.#books.values()) {
      const told = book.of(connection);
      if (told !== undefined) book.lose(told, cause, this.#nowMs, rows);
    }
  }

  #captured(instrumentId: InstrumentId): CapturedBook {
    const followed = this.#books.get(instrumentId)!;
    const { told, ended } = followed;
    const all = told.length > 0 ? told : [ended ?? this.#untold(instrumentId)];
    const ranked = all
      .map((one) => ({ ...one, state: one === ended ? 'stale' : this.#stateOf(one) }) as const)
      .sort((a, b) => Number(b.state === 'whole') - Number(a.state === 'whole') || b.heardAt - a.heardAt);
    const { keeper, state } = ranked[0]!;
    return {
      instrumentId,
      connections: Math.max(1, followed.connections),
      state,
      cause: state === 'stale' ? (ended === null ? SILENT : 'its connection has ended') : keeper.cause,
      counters: sumOfCounters(followed.connections > 0 ? followed.allCounters : [keeper.counters]),
      book: keeper.book,
    };
  }

  /** A snapshot that nothing followed. */
  #untold(instrumentId: InstrumentId): Told {
    const rules = this.#rulesOf(exchangeOf(instrumentId) as Exchange)!;
    const keeper = new BookKeeper(rules);
    const snapshot = this.#asked.get(instrumentId);
    if (snapshot !== undefined) keeper.snapshot(snapshot);
    const connection = { key: '', heardAtMs: this.#nowMs, clockMs: null, leads: new Set<FollowedBook>() };
    return { connection, keeper, heardAt: 0 };
  }

  #stateOf({ connection, keeper }: Told): BookState {
    const isSilent = this.#nowMs - connection.heardAtMs > STALE_AFTER_MS;
    return keeper.state === 'whole' && isSilent ? 'stale' : keeper.state;
  }

  /** An answer that names none came over none: all of a venue are one. */
  #connectionOf({ exchange, connection, kind, url }: Omit<Origin, 'receivedAtNs'>): BookConnection {
    const last = this.#last;
    if (
      last !== null &&
      last.exchange === exchange &&
      last.connection === connection &&
      (connection !== undefined || last.url === url)
    )
      return last.of;
    const place = kind === 'ws' ? `at ${url}` : 'by question';
    const key = `${exchange} ${connection === undefined ? place : `over ${connection}`}`;
    const of = this.#connections.get(key) ?? this.#openConnection(key);
    this.#last = { exchange, url, connection, of };
    return of;
  }

  #openConnection(key: string): BookConnection {
    if (this.#connections.size >= MAX_CONNECTIONS)
      this.#endConnection(this.#connections.values().next().value!, []);
    const of = { key, heardAtMs: this.#nowMs, clockMs: null, leads: new Set<FollowedBook>() };
    this.#connections.set(key, of);
    return of;
  }

  #endConnection(connection: BookConnection, rows: ToldBook[]): void {
    for (const book of this.#books.values()) book.end(connection, this.#nowMs, rows);
    this.#connections.delete(connection.key);
    this.#last = null;
  }
}
