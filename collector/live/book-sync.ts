import type { LiveBooks, VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import type { BookState } from '../../shared/domain/market-data/book/book-keeper.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { Backoff } from './backoff.ts';
import type { FetchedText, Patience } from './fetch-text.ts';
import type { OpenConnection } from './live-line.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface BookSyncOptions {
  readonly exchange: string;
  readonly books: LiveBooks;
  readonly restEndpoint: string;
  /** Keeps to the venue's limits. */
  readonly fetch: (request: VenueRequest, patience: Patience, signal: AbortSignal) => Promise<FetchedText>;
  /** How the book stands as this connection tells it. */
  readonly stateOf: (connection: OpenConnection, instrumentId: InstrumentId) => BookState;
  /** Whether the limits leave room for it now. */
  readonly hasRoom: (request: VenueRequest) => boolean;
  /** Whether the book, as this connection tells it, began with its best levels alone. */
  readonly isBrief: (connection: OpenConnection, instrumentId: InstrumentId) => boolean;
  /** A snapshot that was asked for has come. @returns why it is none; null: it is one. */
  readonly take: (connection: OpenConnection, url: string, text: string) => string | null;
  readonly time: Time;
  readonly log: Log;
  readonly random: () => number;
  readonly onFailure: (error: unknown) => void;
}

/** How often somebody looks whether a book is whole. */
const LOOK_EVERY_MS = 200;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 3000;
/** A book that so many attempts have not made whole is of an instrument that is not traded any more: it is asked for seldom. */
const SOON_ATTEMPTS = 20;
const SELDOM_MS = 60_000;
/** A book that stayed whole for so long was begun well: the waits begin anew. */
const STABLE_AFTER_MS = 30_000;
/** A venue of many instruments sends megabytes of snapshots first. */
const FIRST_SNAPSHOTS_WITHIN_MS = 10_000;
/** Levels may cross for a moment within what the venue sends of one change. */
const CROSSED_FOR_MS = 1000;
/** Without any book whole after so many attempts, the connection itself is not to be trusted. */
const ATTEMPTS_A_CONNECTION = 3;
/** Questions under way. */
const MAX_AT_ONCE = 4;
const ONE_ATTEMPT = { kind: 'attempts', attempts: 1 } as const;

/** A book that is not whole. */
interface Need {
  readonly connection: OpenConnection;
  readonly instrumentId: InstrumentId;
  readonly backoff: Backoff;
  attempts: number;
  /** It was not lost yet, but never came. */
  isFirst: boolean;
  /** Something was seen of the book. */
  hasCome: boolean;
  /** (`elapsedMs`) */
  nextAt: number;
  /** null: it is not. */
  wholeSince: number | null;
  isAsking: boolean;
}

/**
 * Makes books whole: asks for a snapshot of each, or subscribes to it anew, until the venue's updates follow it. Attempts for
 * one book are never further apart than three seconds while it may still come, and while questions fail there is one at a time.
 */
export class BookSync {
  readonly #options: BookSyncOptions;
  readonly #needs = new Map<OpenConnection, Map<InstrumentId, Need>>();
  /** When something was seen of a book for the first time (`elapsedMs`). */
  readonly #lastNewAt = new Map<OpenConnection, number>();
  readonly #failures: Backoff;
  readonly #endLooks: () => void;
  #asking = 0;
  /** Questions fail: none is asked before this (`elapsedMs`). */
  #pausedUntil = -Infinity;
  #isFailing = false;

  constructor(options: BookSyncOptions) {
    this.#options = options;
    const { time, random } = options;
    this.#failures = new Backoff({ firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS, random });
    this.#endLooks = time.every(LOOK_EVERY_MS, () => this.#look());
  }

  opened(connection: OpenConnection): void {
    if (connection.bookIds.length === 0) return;
    this.#needs.set(connection, new Map());
    // Who is told waits for what was subscribed to.
    const waitMs = this.#options.books.kind === 'told' ? FIRST_SNAPSHOTS_WITHIN_MS : 0;
    for (const instrumentId of connection.bookIds) this.#note(connection, instrumentId, waitMs);
    this.#look();
  }

  ended(connection: OpenConnection): void {
    this.#needs.delete(connection);
    this.#lastNewAt.delete(connection);
  }

  finish(): void {
    this.#endLooks();
    this.#needs.clear();
  }

  #look(): void {
    const now = this.#options.time.elapsedMs();
    for (const [connection, needs] of this.#needs) {
      for (const instrumentId of connection.bookIds) this.#lookAt(connection, instrumentId, needs, now);
      if (this.#options.books.kind === 'told') this.#subscribeAnew(connection, needs, now);
    }
    if (this.#options.books.kind === 'asked') this.#askAll(now);
  }

  #lookAt(
    connection: OpenConnection,
    instrumentId: InstrumentId,
    needs: Map<InstrumentId, Need>,
    now: number,
  ): void {
    const state = this.#options.stateOf(connection, instrumentId);
    const need = needs.get(instrumentId);
    if (need?.hasCome === false && state !== 'syncing') {
      need.hasCome = true;
      this.#lastNewAt.set(connection, now);
    }
    if (state !== 'whole') {
      const waitMs = state === 'crossed' ? CROSSED_FOR_MS : 0;
      if (need === undefined) this.#note(connection, instrumentId, waitMs);
      else if (need.isFirst && state !== 'syncing') {
        // It came, and was lost: what was subscribed to first is not waited for any more.
        need.isFirst = false;
        need.nextAt = now + waitMs;
      }
      if (need !== undefined) need.wholeSince = null;
    } else if (need !== undefined) {
      need.wholeSince ??= now;
      const isStable = now - need.wholeSince >= STABLE_AFTER_MS;
      if (isStable && !this.#options.isBrief(connection, instrumentId)) needs.delete(instrumentId);
    }
  }

  #note(connection: OpenConnection, instrumentId: InstrumentId, waitMs: number): void {
    const { time, random } = this.#options;
    this.#needs.get(connection)?.set(instrumentId, {
      connection,
      instrumentId,
      backoff: new Backoff({ firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS, random }),
      attempts: 0,
      isFirst: true,
      hasCome: false,
      nextAt: time.elapsedMs() + waitMs,
      wholeSince: null,
      isAsking: false,
    });
  }

  /** Whether it is time for another attempt, which counts as made. */
  #isDue(need: Need, now: number): boolean {
    if (need.isAsking || need.wholeSince !== null) return false;
    if (now < need.nextAt && !this.#isLeftOut(need, now)) return false;
    need.attempts++;
    need.nextAt = now + (need.attempts > SOON_ATTEMPTS ? SELDOM_MS : need.backoff.nextMs());
    return true;
  }

  /** The others of its connection have come, and it has not: what a subscription begins with may be lost on its way. */
  #isLeftOut({ connection, hasCome, attempts }: Need, now: number): boolean {
    const lastNewAt = this.#lastNewAt.get(connection);
    return !hasCome && attempts === 0 && lastNewAt !== undefined && now - lastNewAt >= LONGEST_RETRY_MS;
  }

  #subscribeAnew(connection: OpenConnection, needs: ReadonlyMap<InstrumentId, Need>, now: number): void {
    const { books, exchange, log, stateOf } = this.#options;
    if (books.kind !== 'told') return;
    const due = [...needs.values()].filter((need) => this.#isDue(need, now));
    if (due.length === 0) return;
    // A venue that never said anything of a book may tell its trades well.
    const isHopeless =
      due.some(({ isFirst }) => !isFirst) && due.every(({ attempts }) => attempts > ATTEMPTS_A_CONNECTION);
    if (isHopeless && connection.bookIds.every((id) => stateOf(connection, id) !== 'whole')) {
      connection.socket.lose('none of its books became whole');
      return;
    }
    // A snapshot takes its time: attempts are as far apart as they may be.
    for (const need of due) need.nextAt = Math.max(need.nextAt, now + LONGEST_RETRY_MS);
    const ids = due.map(({ instrumentId }) => instrumentId);
    log.info('books are subscribed to anew', { exchange, connection: connection.id, books: ids.length });
    for (const message of books.resubscribe(ids)) connection.socket.say(message);
  }

  #askAll(now: number): void {
    for (const needs of this.#needs.values())
      for (const need of needs.values()) {
        if (now < this.#pausedUntil || this.#asking >= (this.#isFailing ? 1 : MAX_AT_ONCE)) return;
        if (this.#isDue(need, now) || this.#isToDeepen(need, now)) this.#askFor(need);
      }
  }

  /** What began in brief is asked for as deep as it is to be had, one at a time, once there is room for that. */
  #isToDeepen(need: Need, now: number): boolean {
    const { books, isBrief, hasRoom, restEndpoint } = this.#options;
    const { connection, instrumentId } = need;
    if (this.#asking > 0 || need.wholeSince === null || now < need.nextAt) return false;
    if (now - need.wholeSince < LONGEST_RETRY_MS) return false;
    if (books.kind !== 'asked' || !isBrief(connection, instrumentId)) return false;
    if (!hasRoom(books.snapshot(restEndpoint, instrumentId))) return false;
    need.nextAt = now + LONGEST_RETRY_MS;
    return true;
  }

  #askFor(need: Need): void {
    const { signal } = need.connection;
    need.isAsking = true;
    this.#asking++;
    this.#ask(need)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.onFailure(error);
      })
      .finally(() => {
        this.#asking--;
        need.isAsking = false;
        if (!signal.aborted) this.#askAll(this.#options.time.elapsedMs());
      });
  }

  async #ask(need: Need): Promise<void> {
    const { connection, instrumentId } = need;
    const { books, restEndpoint, hasRoom, take, time } = this.#options;
    if (books.kind !== 'asked') return;
    const deep = books.snapshot(restEndpoint, instrumentId);
    const isToDeepen = need.wholeSince !== null;
    // What was lost again so soon may be lost once more: brief ones will do until it stays whole.
    const isWorthIt = hasRoom(deep) && (isToDeepen || need.attempts <= 1);
    let [request, answer] = [deep, isWorthIt ? await this.#fetchNow(deep, connection) : null];
    // Whoever else asked at the same moment may have been faster: then there is no room any more.
    if (answer === null || (answer.kind === 'failed' && !hasRoom(deep))) {
      if (isToDeepen) return;
      request = books.brief(restEndpoint, instrumentId);
      answer = null;
    }
    answer ??= await this.#options.fetch(request, ONE_ATTEMPT, connection.signal);
    connection.signal.throwIfAborted();
    const cause = answer.kind === 'failed' ? answer.cause : take(connection, request.url, answer.text);
    this.#tell(cause);
    if (cause === null) {
      this.#failures.reset();
      return;
    }
    // That says nothing of the book.
    need.attempts = Math.max(0, need.attempts - 1);
    need.nextAt = time.elapsedMs();
    this.#pausedUntil = need.nextAt + this.#failures.nextMs();
  }

  /** Where there is room at once, and not at all otherwise. */
  async #fetchNow(request: VenueRequest, { signal }: OpenConnection): Promise<FetchedText> {
    const { fetch, time } = this.#options;
    return fetch(request, { kind: 'until', elapsedMs: time.elapsedMs() }, signal);
  }

  #tell(cause: string | null): void {
    const { exchange, log } = this.#options;
    const isFailing = cause !== null;
    if (isFailing && !this.#isFailing)
      log.warn('snapshots of books cannot be had: they are asked for again', { exchange, cause });
    if (!isFailing && this.#isFailing) log.info('snapshots of books can be had again', { exchange });
    this.#isFailing = isFailing;
  }
}
