import type { BookLevels, BookQuote, LevelRow } from '../../contracts/book-rows.ts';
import { MAX_LEVELS_OF_A_ROW } from '../../contracts/book-rows.ts';
import { isTradeTime } from '../../contracts/lane-rows.ts';
import {
  BookKeeper,
  type BookCounters,
  type BookDelta,
  type BookRules,
  type BookSnapshot,
  type ToldQuote,
} from '../../domain/market-data/book/book-keeper.ts';
import { isDoubtfulBook, qualityOfBook } from '../../domain/market-data/book/book-quality.ts';
import { depthsOf } from '../../domain/market-data/book/microstructure.ts';
import { topLevels } from '../../domain/market-data/book/order-book.ts';
import { QuoteSampler, type Sample } from '../../domain/market-data/book/quote-sampler.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import { qualityOf, UNFLAGGED } from '../../domain/market-data/quality-flags.ts';

/** What is told of a book, in its place among the trades. */
export type ToldBook =
  | { readonly kind: 'quote'; readonly quote: BookQuote }
  | { readonly kind: 'levels'; readonly levels: BookLevels };

/** A connection of a venue, as far as books are concerned. */
export interface BookConnection {
  readonly key: string;
  /** When anything came over it. */
  heardAtMs: number;
  /** The venue's clock as a message of it showed it last; null: none did. */
  clockMs: number | null;
  /** The books that are told as this connection tells them. */
  readonly leads: Set<FollowedBook>;
}

/** The book of one instrument over one connection. */
export interface Told {
  readonly connection: BookConnection;
  readonly keeper: BookKeeper;
  /** The number of the message that told of it last. */
  heardAt: number;
}

/** A connection that says nothing at all for so long has ended: every venue sends something each second, or answers pings. */
export const STALE_AFTER_MS = 60_000;
/** More connections that tell of one instrument have been forgotten by whoever recorded them. */
const MAX_CONNECTIONS = 8;

const RESYNC = qualityOf('resync');

type BookMoment = Pick<BookQuote, 'instrumentId' | 'timeMs' | 'receivedAtMs' | 'quality'>;

/**
 * The book of one instrument: one for each connection that tells of it, of which one leads, and is told. Another takes the lead
 * where that one's book is not to be trusted, or its connection is silent or over; until then nothing is told but that the
 * book is in doubt, once.
 */
export class FollowedBook {
  readonly instrumentId: InstrumentId;
  /** Of connections that are heard. */
  readonly told: Told[] = [];
  readonly #rules: BookRules;
  readonly #sampler = new QuoteSampler();
  readonly #gone: BookCounters[] = [];
  /** As it was told last, where no connection tells of it any more. */
  ended: Told | null = null;
  #leader: Told | null = null;
  #connections = 0;
  /** Of the last change. */
  #receivedAtMs = 0;
  /** Whether what was told last had no doubt about it. */
  #isToldAsSound = false;
  /** Whether it was to be trusted before: then a snapshot begins it anew. */
  #hasBegun = false;
  #isBegunAnew = false;

  constructor(instrumentId: InstrumentId, rules: BookRules) {
    this.instrumentId = instrumentId;
    this.#rules = rules;
  }

  /** Over how many connections it was told. */
  get connections(): number {
    return this.#connections;
  }

  /** Of all connections, those that are gone included. */
  get allCounters(): readonly BookCounters[] {
    return [...this.#gone, ...this.told.map(({ keeper }) => keeper.counters)];
  }

  of(connection: BookConnection): Told | undefined {
    // Nearly always there is one.
    for (const told of this.told) if (told.connection === connection) return told;
    return undefined;
  }

  /** @returns the book as this connection tells it from now on. */
  open(connection: BookConnection): Told {
    const told = { connection, keeper: new BookKeeper(this.#rules), heardAt: 0 };
    this.told.push(told);
    this.ended = null;
    this.#connections++;
    if (this.told.length > MAX_CONNECTIONS) this.#close(leastRecent(this.told, this.#leader));
    return told;
  }

  snapshot(told: Told, snapshot: BookSnapshot, nowMs: number, rows: ToldBook[]): void {
    const { resyncs } = told.keeper.counters;
    this.#change(told, nowMs, rows, () => told.keeper.snapshot(snapshot));
    // A venue may begin anew what was whole.
    if (told === this.#leader && told.keeper.counters.resyncs > resyncs) this.#begin();
  }

  delta(
    told: Told,
    delta: BookDelta & { readonly venueTimeMs: number | null },
    nowMs: number,
    rows: ToldBook[],
  ): void {
    const { keeper } = told;
    const isOfLeader = told === this.#leader && keeper.isTrusted;
    const timeMs = isTradeTime(delta.venueTimeMs, nowMs) ? delta.venueTimeMs : this.#sampler.changedMs;
    if (isOfLeader && timeMs !== null) this.#tell(this.#sampler.pass(timeMs), rows);
    const { applied } = keeper.counters;
    this.#change(told, nowMs, rows, () => keeper.delta(delta), timeMs);
    if (!isOfLeader || !keeper.isTrusted || keeper.counters.applied === applied || timeMs === null) return;
    this.#sampler.change(timeMs);
    this.#receivedAtMs = nowMs;
  }

  quote(told: Told, quote: ToldQuote, nowMs: number, rows: ToldBook[]): void {
    this.#change(told, nowMs, rows, () => told.keeper.quote(quote));
  }

  lose(told: Told, cause: string, nowMs: number, rows: ToldBook[]): void {
    this.#change(told, nowMs, rows, () => told.keeper.lose(cause));
  }

  /** The venue's clock shows this. */
  pass(clockMs: number, rows: ToldBook[]): void {
    if (this.#leader?.keeper.isTrusted === true) this.#tell(this.#sampler.pass(clockMs), rows);
  }

  /** Nothing more comes over the connection. */
  end(connection: BookConnection, nowMs: number, rows: ToldBook[]): void {
    const told = this.of(connection);
    if (told === undefined) return;
    const isLeader = told === this.#leader;
    if (isLeader) this.#doubt(told, qualityOfBook('stale', false), null, nowMs, rows);
    this.#close(told);
    if (!isLeader) return;
    const next = this.told.find(({ keeper }) => keeper.isTrusted);
    if (next !== undefined) this.#lead(next);
  }

  #close(told: Told): void {
    this.told.splice(this.told.indexOf(told), 1);
    if (this.told.length === 0) this.ended = told;
    this.#gone.push(told.keeper.counters);
    if (this.#gone.length > 1) this.#gone.splice(0, 2, sumOfCounters(this.#gone.slice(0, 2)));
    if (told !== this.#leader) return;
    told.connection.leads.delete(this);
    this.#leader = null;
  }

  /** @param timeMs of what comes, where it is told; null: the venue's clock has to do. */
  #change(told: Told, nowMs: number, rows: ToldBook[], act: () => void, timeMs: number | null = null): void {
    const { keeper } = told;
    const wasTrusted = keeper.isTrusted;
    act();
    const { isTrusted } = keeper;
    if (told === this.#leader) {
      if (wasTrusted && !isTrusted) this.#doubt(told, UNFLAGGED, timeMs, nowMs, rows);
      else if (!wasTrusted && isTrusted) this.#begin();
    } else if (isTrusted && this.#isFree(nowMs)) {
      // What the one that is silent left to be told was right when it stood so.
      this.pass(Infinity, rows);
      this.#lead(told);
    }
  }

  /** Whether whoever leads does not lead any more. */
  #isFree(nowMs: number): boolean {
    const leader = this.#leader;
    if (leader === null || !leader.keeper.isTrusted) return true;
    return nowMs - leader.connection.heardAtMs > STALE_AFTER_MS;
  }

  #lead(told: Told): void {
    this.#leader?.connection.leads.delete(this);
    this.#leader = told;
    told.connection.leads.add(this);
    this.#begin();
  }

  #begin(): void {
    this.#sampler.reset();
    this.#isBegunAnew = this.#hasBegun;
    this.#hasBegun = true;
  }

  #tell(sample: Sample | null, rows: ToldBook[]): void {
    if (sample === null) return;
    const { keeper } = this.#leader!;
    const { timeMs, hasQuote, hasLevels } = sample;
    const state = qualityOfBook(keeper.state, keeper.book.isCrossed);
    const quality = state | (this.#isBegunAnew ? RESYNC : UNFLAGGED);
    const moment = { instrumentId: this.instrumentId, timeMs, receivedAtMs: this.#receivedAtMs, quality };
    if (hasQuote) rows.push(quoteOf(moment, keeper));
    if (hasLevels) rows.push(levelsOf(moment, keeper, this.#rules));
    if (hasQuote) this.#isBegunAnew = false;
    this.#isToldAsSound = !isDoubtfulBook(quality);
  }

  /** What was told last holds no more. */
  #doubt(told: Told, flags: number, timeMs: number | null, nowMs: number, rows: ToldBook[]): void {
    const { connection, keeper } = told;
    const clock = isTradeTime(connection.clockMs, nowMs) ? connection.clockMs : null;
    const changedMs = this.#sampler.changedMs;
    this.#sampler.reset();
    if (!this.#isToldAsSound) return;
    this.#isToldAsSound = false;
    const quality = flags | qualityOfBook(keeper.state, keeper.book.isCrossed);
    const at = Math.max(timeMs ?? clock ?? changedMs ?? nowMs, changedMs ?? 0);
    const moment = { instrumentId: this.instrumentId, timeMs: at, receivedAtMs: nowMs, quality };
    rows.push(quoteOf(moment, keeper), levelsOf(moment, keeper, this.#rules));
  }
}

function quoteOf(moment: BookMoment, { book }: BookKeeper): ToldBook {
  const [bid = null] = topLevels(book.bids, 1);
  const [ask = null] = topLevels(book.asks, 1);
  return { kind: 'quote', quote: { ...moment, bid, ask } };
}

function levelsOf(moment: BookMoment, { book, isBrief }: BookKeeper, rules: BookRules): ToldBook {
  const bids: LevelRow[] = topLevels(book.bids, MAX_LEVELS_OF_A_ROW);
  const asks: LevelRow[] = topLevels(book.asks, MAX_LEVELS_OF_A_ROW);
  const isKnown = !isDoubtfulBook(moment.quality) && !isBrief;
  const depths = isKnown ? depthsOf(book, rules.tellsAll === true) : [];
  return { kind: 'levels', levels: { ...moment, bids, asks, depths } };
}

function leastRecent(told: readonly Told[], leader: Told | null): Told {
  return told.reduce((least, other) =>
    least === leader || (other !== leader && other.heardAt < least.heardAt) ? other : least,
  );
}

export function sumOfCounters(all: readonly BookCounters[]): BookCounters {
  const sum = { ...all[0]! };
  for (const counters of all.slice(1))
    for (const name of Object.keys(sum) as (keyof BookCounters)[]) sum[name] += counters[name];
  return sum;
}
