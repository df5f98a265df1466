import { TRADES_A_PAGE, type LiveProtocol } from '../../shared/adapters/exchanges/venue-protocol.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { FetchedText } from './fetch-text.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { LiveTime } from './live-time.ts';

export interface CatchUpOptions {
  readonly protocol: LiveProtocol;
  readonly restEndpoint: string;
  readonly fetch: (url: string, signal: AbortSignal) => Promise<FetchedText>;
  readonly outlet: LiveOutlet;
  readonly time: LiveTime;
  readonly log: Log;
  /** The venue's REST answers lag behind its stream: a gap that is not there yet is asked for again after this. */
  readonly lagMs: number;
  /** Trades of which no later one will tell may be missing for good. To be called before anything more is sent. */
  readonly onDoubt: () => void;
}

/** 20,000 trades: a minute of the busiest pair. What is missing beyond is an outage, and stays one. */
const MAX_PAGES = 20;
const MAX_REPEATS = 5;
/** Trades that may be held meanwhile. */
const MAX_HELD = 50_000;
/** Requests under way to one venue. */
const MAX_AT_ONCE = 4;

/** Fetches the trades that the stream did not bring. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Resolves when the feed goes on by itself again, or has been told to do without; or when the signal aborts. */
  async run(feed: InstrumentFeed, signal: AbortSignal): Promise<void> {
    const { time, lagMs } = this.#options;
    const provesFrom = time.elapsedMs() + lagMs;
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      const cause = signal.aborted ? null : await this.#fetchMissing(feed, provesFrom, signal);
      if (cause !== null) this.#doWithout(feed, cause);
    } catch (error) {
      // The next connection begins again where this one was broken off.
      if (!signal.aborted) throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Looks after what is held while the missing trades are fetched: past a bound the feed does without them. */
  bound(feed: InstrumentFeed): void {
    if (feed.heldCount > MAX_HELD) this.#doWithout(feed, `more than ${MAX_HELD} trades came meanwhile`);
  }

  /**
   * A trade of the stream proves that none is missing before it. Where it has brought none, the venue's word has to do,
   * and that counts once what was made before the stream began must have reached it.
   * @returns why trades are still missing; null: none are.
   */
  async #fetchMissing(feed: InstrumentFeed, provesFrom: number, signal: AbortSignal): Promise<string | null> {
    const { outlet, time, lagMs } = this.#options;
    let repeats = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const askedAt = time.elapsedMs();
      const fetched = await this.#fetchPage(feed, signal);
      if (typeof fetched === 'string') return fetched;
      await outlet.room();
      if (fetched === TRADES_A_PAGE) continue;
      if (!feed.isHeard && askedAt < provesFrom) {
        await time.sleep(provesFrom - askedAt, signal);
        continue;
      }
      if (feed.drain() === null) return null;
      if (++repeats > MAX_REPEATS) return 'the venue does not have them';
      await time.sleep(lagMs, signal);
    }
    return `more than ${MAX_PAGES * TRADES_A_PAGE} trades are missing`;
  }

  /** @returns how many trades the page had, or why there is none. */
  async #fetchPage(feed: InstrumentFeed, signal: AbortSignal): Promise<number | string> {
    const { protocol, restEndpoint, fetch, outlet, time } = this.#options;
    const url = protocol.tradesFromUrl(restEndpoint, feed.instrumentId, (feed.lastId ?? -1) + 1);
    const answer = await fetch(url, signal);
    signal.throwIfAborted();
    if (answer.kind === 'failed') return answer.cause;
    const receivedAtMs = time.nowMs();
    const message = {
      receivedAtNs: `${receivedAtMs}000000`,
      exchange: protocol.exchange,
      kind: 'rest',
      url,
      message: answer.text,
    };
    const parsed = protocol.parse(message, receivedAtMs);
    outlet.archive(message);
    if (parsed.kind === 'malformed') return parsed.cause;
    if (parsed.kind === 'other') return 0;
    for (const trade of parsed.trades) feed.fill(trade);
    return parsed.trades.length;
  }

  #doWithout(feed: InstrumentFeed, cause: string): void {
    const { log, onDoubt } = this.#options;
    if (!feed.isHeard) {
      onDoubt();
      log.warn('trades may be missing', { instrumentId: feed.instrumentId, afterId: feed.lastId, cause });
    }
    for (const { fromId, toId } of feed.giveUp()) {
      log.warn('trades are missing', { instrumentId: feed.instrumentId, fromId, toId, cause });
    }
  }
}
