import type { Log } from '../../shared/runtime/log.ts';
import { reportMetrics } from '../../shared/runtime/report-metrics.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface CatchUpProgressOptions {
  readonly exchange: string;
  readonly time: Time;
  readonly log: Log;
}

const TELL_EVERY_MS = 1000;

/** Tells how far the catching-up of a venue has come: at most once a second, and once when it is over. */
export class CatchUpProgress {
  readonly #options: CatchUpProgressOptions;
  readonly #feeds: () => Iterable<InstrumentFeed>;
  /** Since it began, and of those what nobody was told of yet. */
  #fetched = 0;
  #untold = 0;
  #beganAt: number | null = null;
  #toldAt = -Infinity;

  constructor(options: CatchUpProgressOptions, feeds: () => Iterable<InstrumentFeed>) {
    this.#options = options;
    this.#feeds = feeds;
  }

  /** A page was fetched. */
  add(trades: number): void {
    this.#fetched += trades;
    this.#untold += trades;
    this.tell();
  }

  tell(): void {
    const now = this.#options.time.elapsedMs();
    this.#beganAt ??= now;
    const behind = [...this.#feeds()].filter(({ isCatchingUp }) => isCatchingUp);
    if (behind.length === 0) {
      this.#log('caught up', {});
      this.#fetched = 0;
      this.#beganAt = null;
      this.#toldAt = -Infinity;
    } else if (now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now;
      const sum = (of: (feed: InstrumentFeed) => number): number =>
        behind.reduce((total, feed) => total + of(feed), 0);
      const held = sum(({ heldCount }) => heldCount);
      // Of instruments that the stream has brought nothing of, nobody knows yet.
      const missing = sum(({ missingCount }) => missingCount ?? 0);
      this.#log('catching up', { instruments: behind.length, missing, held });
    }
  }

  #log(message: string, figures: object): void {
    const { exchange, time, log } = this.#options;
    const fetched = new Map([['tradesFetched', this.#untold] as const]);
    const metrics = reportMetrics({ venue: exchange }, fetched, time.nowMs());
    const forMs = Math.round(time.elapsedMs() - this.#beganAt!);
    log.info(message, { fetched: this.#fetched, forMs, ...figures, ...metrics });
    this.#untold = 0;
  }
}
