import type { Backfill, BackfillPage, Decoder, VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { reportMetrics } from '../../shared/runtime/report-metrics.ts';
import { CatchUpProgress } from './catch-up-progress.ts';
import type { FetchedText, Patience } from './fetch-text.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface CatchUpOptions {
  readonly exchange: Exchange;
  readonly backfill: Backfill | null;
  /** Of the answers. */
  readonly decoder: Decoder;
  readonly restEndpoint: string;
  /** Keeps to the venue's limits. */
  readonly fetch: (request: VenueRequest, patience: Patience, signal: AbortSignal) => Promise<FetchedText>;
  readonly outlet: LiveOutlet;
  readonly time: Time;
  /** The venue's clock, or ours where it is not known. */
  readonly venueNowMs: () => number;
  readonly log: Log;
  /** The venue's REST answers lag behind its stream: a gap that is not there yet is asked for again after this. */
  readonly lagMs: number;
  /** What cannot be fetched within this time of the interruption is an outage, and stays one. */
  readonly withinMs: number;
  /** Trades of all instruments that may be held meanwhile. */
  readonly maxHeld: number;
  /** Trades of which no later one will tell may be missing for good. To be called before anything more is sent. */
  readonly onDoubt: () => void;
}

const MAX_REPEATS = 5;
/** Longer than any clock of a venue is off. */
const EARLIER_MS = 150_000;
/** Trades of all instruments that may be held meanwhile, about half a kilobyte each. */
export const MAX_HELD = 400_000;
/** How many come before somebody looks again. */
const HELD_BETWEEN_LOOKS = 1000;
/** Requests under way to one venue. */
const MAX_AT_ONCE = 4;

type FetchedPage =
  | { readonly kind: 'page'; readonly trades: number; readonly next: BackfillPage | null }
  | Extract<FetchedText, { kind: 'failed' }>;

/** Fetches the trades that the stream did not bring, as fast as the venue allows. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #feeds: () => Iterable<InstrumentFeed>;
  readonly #progress: CatchUpProgress;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Trades that were held, since the start. */
  #held = 0;

  /** @param feeds all that share the room for what is held. */
  constructor(options: CatchUpOptions, feeds: () => Iterable<InstrumentFeed>) {
    this.#options = options;
    this.#feeds = feeds;
    this.#progress = new CatchUpProgress(options, feeds);
  }

  /**
   * Resolves when the feed goes on by itself again, or has been told to do without; or when the signal aborts.
   * @param connection that of which a gap is filled.
   * @param isTold the venue is about to say its newest trades over it, which may be enough.
   */
  async run(feed: InstrumentFeed, connection: string, isTold: boolean, signal: AbortSignal): Promise<void> {
    const { time, lagMs } = this.#options;
    if (isTold) {
      await time.sleep(lagMs, signal).catch(() => undefined);
      if (!feed.isCatchingUp) return;
    }
    const provesFrom = time.elapsedMs() + lagMs;
    // What the stream brings meanwhile makes the question needless, and the venue's patience is for those that need it.
    const either = AbortSignal.any([signal, feed.lacking]);
    try {
      const cause = await this.#fetchMissing(feed, connection, provesFrom, either);
      if (cause !== null) this.#doWithout(feed, cause);
      this.#progress.tell();
    } catch (error) {
      // The next connection begins again where this one was broken off.
      if (!either.aborted) throw error;
      if (!signal.aborted) this.#progress.tell();
    }
  }

  /** Whoever waits for something else than an answer keeps nobody from asking. */
  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await ask();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /**
   * To be called with each trade that is held while those before it are fetched: past the bound, whichever instrument
   * holds most does without what is missing before them.
   */
  bound(): void {
    if (++this.#held % HELD_BETWEEN_LOOKS !== 0) return;
    let held = 0;
    let fullest: InstrumentFeed | null = null;
    for (const feed of this.#feeds()) {
      held += feed.heldCount;
      if (fullest === null || feed.heldCount > fullest.heldCount) fullest = feed;
    }
    const { maxHeld } = this.#options;
    if (held > maxHeld) this.#doWithout(fullest!, `more than ${maxHeld} trades came meanwhile`);
  }

  /**
   * A trade of the stream proves that none is missing before it. Where it has brought none, the venue's word has to do,
   * and that counts once what was made before the stream began must have reached it.
   * @returns why trades are still missing; null: none are.
   */
  async #fetchMissing(
    feed: InstrumentFeed,
    connection: string,
    provesFrom: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { outlet, time, lagMs, withinMs } = this.#options;
    let repeats = 0;
    let page: BackfillPage | null = null;
    const endsAt = (feed.catchingUpSince ?? time.elapsedMs()) + withinMs;
    while (feed.isCatchingUp) {
      let askedAt = time.elapsedMs();
      const fetched = await this.#inTurn(async (): Promise<FetchedPage> => {
        signal.throwIfAborted();
        askedAt = time.elapsedMs();
        if (askedAt >= endsAt)
          return { kind: 'failed', cause: `they could not be fetched within ${withinMs / 1000} s` };
        page ??= this.#firstPage(feed, repeats);
        if (page === null) return { kind: 'failed', cause: 'the venue tells of no trades but the latest' };
        return this.#fetchPage(feed, page, connection, endsAt, signal);
      });
      if (fetched.kind === 'failed') return fetched.cause;
      this.#progress.add(fetched.trades);
      await outlet.room();
      page = fetched.next;
      if (page !== null) continue;
      if (!feed.isHeard && askedAt < provesFrom) {
        await time.sleep(provesFrom - askedAt, signal);
        continue;
      }
      // Told to do without meanwhile, or the stream has brought what was missing itself.
      if (!feed.isCatchingUp || feed.drain() === null) return null;
      if (++repeats > MAX_REPEATS) return 'the venue does not have them';
      // Behind the last number of a venue that counts anew there is nothing more to come.
      if (!feed.isReset || repeats % 2 === 0) await time.sleep(lagMs, signal);
    }
    // It has been told to do without meanwhile.
    return null;
  }

  /**
   * What is not there the first time is looked for from earlier on: the venue's clock may have been wrong, or be wrong now.
   * Where it has begun to count anew, in turn: behind the last number, and from the beginning.
   */
  #firstPage(feed: InstrumentFeed, repeats: number): BackfillPage | null {
    const { backfill, restEndpoint, venueNowMs } = this.#options;
    const { tradeId, timeMs } = feed.lastTrade ?? { tradeId: -1, timeMs: null };
    const nowMs = venueNowMs();
    const after = {
      tradeId: feed.isReset && repeats % 2 === 1 ? -1 : tradeId,
      timeMs: timeMs === null || repeats === 0 ? timeMs : Math.min(timeMs, nowMs) - repeats * EARLIER_MS,
    };
    return backfill?.first(restEndpoint, feed.instrumentId, after, Math.max(nowMs, timeMs ?? 0)) ?? null;
  }

  async #fetchPage(
    feed: InstrumentFeed,
    page: BackfillPage,
    connection: string,
    endsAt: number,
    signal: AbortSignal,
  ): Promise<FetchedPage> {
    const { exchange, decoder, fetch, outlet, time } = this.#options;
    const answer = await fetch(page.request, { kind: 'until', elapsedMs: endsAt }, signal);
    signal.throwIfAborted();
    if (answer.kind === 'failed') return answer;
    const receivedAtMs = time.nowMs();
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange,
      kind: 'rest',
      url: page.request.url,
      message: answer.text,
      connection,
    };
    const events = decoder.read(message, receivedAtMs);
    outlet.archive(message);
    const failed = events.find(({ kind }) => kind === 'malformed' || kind === 'refused');
    if (failed?.kind === 'malformed' || failed?.kind === 'refused')
      return { kind: 'failed', cause: failed.cause };
    const told = events.filter((event) => event.kind === 'trade');
    const { trades, next } = page.read(told);
    for (const trade of trades) feed.fill(trade);
    return { kind: 'page', trades: trades.length, next };
  }

  #doWithout(feed: InstrumentFeed, cause: string): void {
    const { exchange, time, log, onDoubt } = this.#options;
    const { instrumentId } = feed;
    if (!feed.isHeard) {
      onDoubt();
      log.warn('trades may be missing', { instrumentId, afterId: feed.lastId, cause });
    }
    for (const { fromId, toId } of feed.giveUp()) {
      const missing = new Map([['tradesMissing', toId - fromId + 1] as const]);
      const metrics = reportMetrics({ venue: exchange }, missing, time.nowMs());
      log.warn('trades are missing', {
        instrumentId,
        fromId,
        toId,
        cause,
        ...metrics,
      });
    }
  }
}
