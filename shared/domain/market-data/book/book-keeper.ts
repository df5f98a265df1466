import { canonical, MAX_LEVELS, OrderBook, type ToldLevels } from './order-book.ts';
import { SinceBrief } from './since-brief.ts';

/** The levels that there are at one moment. */
export interface BookSnapshot extends ToldLevels {
  /** Of the last update in it; null: the venue does not number them. */
  readonly updateId: number | null;
  /** By which the venue checks it; null: it does not. */
  readonly checksum: number | null;
  /** How many levels of each side the venue tells of; null: all of them. */
  readonly depth: number | null;
  /** It has but the first of the levels that are to be had. */
  readonly isBrief?: boolean;
}

/** Levels that have changed since. */
export interface BookDelta extends ToldLevels {
  /** Null: the venue does not number them. */
  readonly updateIds: { readonly first: number; readonly last: number } | null;
  readonly checksum: number | null;
  readonly depth: number | null;
}

/** The best prices as the venue told them beside the book. */
export interface ToldQuote {
  /** Of the book whose best prices they are. */
  readonly updateId: number;
  readonly bid: string;
  readonly bidQuantity: string;
  readonly ask: string;
  readonly askQuantity: string;
}

/** How a venue's updates become a book. */
export interface BookRules {
  /**
   * `told`: a subscription begins with a snapshot, over the connection of its updates. `asked`: the snapshot is the answer to
   * a question; updates that came before it wait, and their numbers say which of them follow it.
   */
  readonly snapshot: 'told' | 'asked';
  /** What the venue's checksum of this book would be; null: it sends none. */
  readonly checksum: ((book: OrderBook) => number) | null;
  /** A snapshot has all levels that there are, however many; left out: the best. */
  readonly tellsAll?: true;
}

/**
 * - `syncing`: no snapshot yet.
 * - `whole`: it is the venue's.
 * - `gap`: updates are missing, or one was none.
 * - `stale`: nothing at all was heard over its connection for too long.
 */
export const BOOK_STATES = ['syncing', 'whole', 'gap', 'bad-checksum', 'crossed', 'stale'] as const;

export type BookState = (typeof BOOK_STATES)[number];

export interface BookCounters {
  /** Deltas that came. */
  updates: number;
  /** Deltas that are in the book. */
  applied: number;
  /** How often it ceased to be whole because something was missing. */
  gaps: number;
  /** Snapshots that took the place of a book. */
  resyncs: number;
  /** Updates that left the book whose checksum they carry. */
  checksumsOk: number;
  /** Updates and snapshots that did not. */
  checksumsBad: number;
  /** Best prices that the venue told beside it, for the very update that was the last; and those that differed. */
  quotesOk: number;
  quotesBad: number;
}

/** Ten updates a second wait for eight minutes. Past them a snapshot must be newer. */
const MAX_WAITING = 5000;

/** Best prices change a hundred times while an update is gathered. */
const MAX_QUOTES = 256;

/**
 * Keeps the book of one instrument as one connection tells it, and knows whether it is whole. **A book that is not whole
 * changes by a snapshot alone**, or by the very update that was missing; what it then shows is old, and its state says so.
 */
export class BookKeeper {
  readonly book = new OrderBook();
  readonly counters: BookCounters = {
    updates: 0,
    applied: 0,
    gaps: 0,
    resyncs: 0,
    checksumsOk: 0,
    checksumsBad: 0,
    quotesOk: 0,
    quotesBad: 0,
  };
  readonly #rules: BookRules;
  #trust: 'syncing' | 'whole' | 'gap' | 'bad-checksum' = 'syncing';
  #cause: string | null = null;
  #hasBook = false;
  /** Of the last update that is in the book. */
  #updateId: number | null = null;
  /** The update whose absence makes the gap; null: no update would close it. */
  #missing: number | null = null;
  /** null: the book is as deep as it is to be had. */
  #sinceBrief: SinceBrief<BookDelta> | null = null;
  /** Updates that nothing in the book leads up to. */
  #waiting: BookDelta[] = [];
  /** Of updates that are not in the book yet: they come sooner. */
  #quotes: ToldQuote[] = [];

  constructor(rules: BookRules) {
    this.#rules = rules;
  }

  get state(): Exclude<BookState, 'stale'> {
    return this.#trust === 'whole' && this.book.isCrossed ? 'crossed' : this.#trust;
  }

  /** Whether it is what the venue told, crossed or not. */
  get isTrusted(): boolean {
    return this.#trust === 'whole';
  }

  /** Whether it is known but a little way out, and a deeper snapshot is welcome. */
  get isBrief(): boolean {
    return this.#sinceBrief !== null;
  }

  /** Why it ceased to be whole, one line; null: it is whole, or never was. */
  get cause(): string | null {
    return this.#cause;
  }

  snapshot(snapshot: BookSnapshot): void {
    const isDeeper = this.state === 'whole' && this.#sinceBrief?.isDeepenedBy(snapshot) === true;
    const since = isDeeper ? this.#sinceBrief : null;
    if (this.#rules.snapshot === 'asked' && since === null && !this.#isWanted(snapshot)) return;
    if (this.#hasBook && since === null) this.counters.resyncs++;
    this.#hasBook = true;
    this.#sinceBrief = snapshot.isBrief === true ? new SinceBrief<BookDelta>(snapshot.updateId ?? 0) : null;
    this.#updateId = snapshot.updateId;
    const refused = this.book.load(snapshot);
    if (refused !== null) {
      this.#loseBy(refused);
      return;
    }
    this.#becomeWhole();
    this.#check(snapshot, false);
    if (since !== null) this.#followAgain(since.deltas);
    this.#followWaiting();
  }

  /** What is in the book already is not counted twice. */
  #followAgain(deltas: readonly BookDelta[]): void {
    const { applied } = this.counters;
    for (const delta of deltas) this.#follow(delta);
    this.counters.applied = applied;
  }

  delta(delta: BookDelta): void {
    this.counters.updates++;
    if (this.#rules.snapshot === 'told') {
      if (this.#trust === 'whole') this.#apply(delta);
    } else if (this.#trust === 'whole') this.#follow(delta);
    else this.#wait(delta);
  }

  /** Compares what the venue says are the best prices with the book of the very same update, if it comes to be. */
  quote(quote: ToldQuote): void {
    this.#quotes.push(quote);
    if (this.#quotes.length > MAX_QUOTES) this.#quotes.shift();
    this.#compareQuotes();
  }

  #compareQuotes(): void {
    const known = this.#updateId;
    if (this.#trust !== 'whole' || known === null || this.#quotes.length === 0) return;
    for (const quote of this.#quotes) if (quote.updateId === known) this.#compare(quote);
    this.#quotes = this.#quotes.filter(({ updateId }) => updateId > known);
  }

  #compare({ updateId, bid, bidQuantity, ask, askQuantity }: ToldQuote): void {
    const { bids, asks } = this.book;
    if (
      isSame(bids.best?.price, bid) &&
      isSame(bids.best?.quantity, bidQuantity) &&
      isSame(asks.best?.price, ask) &&
      isSame(asks.best?.quantity, askQuantity)
    ) {
      this.counters.quotesOk++;
      return;
    }
    this.counters.quotesBad++;
    this.#loseBy(`its best prices are not those that the venue told for update ${updateId}`);
  }

  /** Something that belongs to the book has not come, or could not be read. */
  lose(cause: string): void {
    if (this.#trust === 'whole') this.#loseBy(cause);
  }

  /** Whether the answer to a question brings it forward: it has none, or is whole and uncrossed without it. */
  #isWanted({ updateId }: BookSnapshot): boolean {
    if (updateId === null) return false;
    if (this.state === 'whole') return false;
    if (this.#hasBook && updateId < this.#updateId!) return false;
    const next = this.#waiting.find(({ updateIds }) => updateIds!.last > updateId);
    return next === undefined || next.updateIds!.first <= updateId + 1;
  }

  #wait(delta: BookDelta): void {
    const { updateIds } = delta;
    if (updateIds === null) return;
    this.#waiting.push(delta);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    const missing = this.#missing;
    if (missing === null || updateIds.first > missing || updateIds.last < missing) return;
    // It came late.
    this.#becomeWhole();
    this.#followWaiting();
  }

  #followWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.sort((a, b) => a.updateIds!.first - b.updateIds!.first);
    for (const [n, delta] of waiting.entries()) {
      this.#follow(delta);
      if (this.#trust === 'whole') continue;
      this.#waiting.push(...waiting.slice(n + 1));
      return;
    }
  }

  /** Applies what follows, and passes over what is known. */
  #follow(delta: BookDelta): void {
    const { updateIds } = delta;
    const known = this.#updateId!;
    if (updateIds === null || updateIds.last < updateIds.first) {
      this.#loseBy('an update without its numbers');
      return;
    }
    if (updateIds.last <= known) return;
    if (updateIds.first > known + 1) {
      this.#loseBy(`updates ${known + 1} to ${updateIds.first - 1} are missing`);
      this.#missing = known + 1;
      this.#waiting.push(delta);
      return;
    }
    this.#updateId = updateIds.last;
    this.#apply(delta);
  }

  #apply(delta: BookDelta): void {
    const refused = this.book.apply(delta);
    if (refused !== null) {
      this.#loseBy(refused);
      return;
    }
    this.counters.applied++;
    this.#sinceBrief?.note(delta);
    this.#check(delta, true);
    this.#compareQuotes();
  }

  /** Levels past the depth are gone before the checksum is made. */
  #check({ checksum, depth }: Pick<BookDelta, 'checksum' | 'depth'>, isUpdate: boolean): void {
    this.book.truncate(depth ?? MAX_LEVELS);
    if (checksum === null || this.#rules.checksum === null) return;
    const own = this.#rules.checksum(this.book);
    if (own === checksum) {
      if (isUpdate) this.counters.checksumsOk++;
      return;
    }
    this.counters.checksumsBad++;
    this.#trust = 'bad-checksum';
    this.#cause = `its checksum is ${own}, the venue's ${checksum}`;
  }

  #becomeWhole(): void {
    this.#trust = 'whole';
    this.#cause = null;
    this.#missing = null;
  }

  #loseBy(cause: string): void {
    this.counters.gaps++;
    this.#trust = 'gap';
    this.#cause = cause;
    this.#missing = null;
  }
}

/** Where nobody offers, venues tell zero. */
function isSame(kept: string | undefined, told: string): boolean {
  return kept === told || canonical(kept ?? '0') === canonical(told);
}
