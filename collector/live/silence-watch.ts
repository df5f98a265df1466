import type { Log } from '../../shared/runtime/log.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { OpenConnection } from './live-line.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface SilenceWatchOptions {
  readonly exchange: string;
  /** An instrument that has said nothing for so long is asked about. */
  readonly silenceMs: number;
  readonly time: Time;
  readonly log: Log;
  /** Whether the instrument was traded since its last trade that was heard. */
  readonly isMarketGoingOn: (feeds: readonly InstrumentFeed[], signal: AbortSignal) => Promise<boolean>;
  /** It was, and nothing came. */
  readonly onDeaf: () => void;
  /** What is missing is to be fetched, and the instrument heard again. */
  readonly hearAgain: (feed: InstrumentFeed, connection: OpenConnection) => void;
}

interface Silence {
  received: number;
  /** Since when nothing came. */
  sinceMs: number;
  /** Markets that prove to be quiet are asked about ever less often. */
  patienceMs: number;
  /** The connection over which it was deaf already. */
  deafOver: string | null;
}

const LONGEST_MS = 600_000;

/**
 * Notices that a venue has forgotten one instrument of a connection that is well otherwise: no other trade tells of it. The one
 * that has been silent for longest is asked about, one at a time.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #silences = new Map<InstrumentFeed, Silence>();
  #isAsking = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** A second has passed. */
  look(connections: readonly OpenConnection[]): void {
    const now = this.#options.time.elapsedMs();
    let worst: { feed: InstrumentFeed; connection: OpenConnection; overMs: number } | null = null;
    for (const connection of connections)
      for (const feed of connection.feeds) {
        const overMs = this.#overMs(feed, now);
        if (overMs > 0 && !feed.isCatchingUp && overMs > (worst?.overMs ?? 0))
          worst = { feed, connection, overMs };
      }
    if (worst !== null && !this.#isAsking) void this.#ask(worst.feed, worst.connection);
  }

  /** By how much an instrument has been silent for too long. */
  #overMs(feed: InstrumentFeed, now: number): number {
    const { silenceMs } = this.#options;
    const silence = this.#silences.get(feed);
    if (silence?.received === feed.received) return now - silence.sinceMs - silence.patienceMs;
    const deafOver = silence?.deafOver ?? null;
    this.#silences.set(feed, { received: feed.received, sinceMs: now, patienceMs: silenceMs, deafOver });
    return -silenceMs;
  }

  async #ask(feed: InstrumentFeed, connection: OpenConnection): Promise<void> {
    const { isMarketGoingOn, exchange, log, onDeaf, hearAgain, time } = this.#options;
    const silence = this.#silences.get(feed)!;
    const { instrumentId, received } = feed;
    this.#isAsking = true;
    try {
      const isDeaf = await isMarketGoingOn([feed], connection.signal);
      const forMs = Math.round(time.elapsedMs() - silence.sinceMs);
      silence.sinceMs = time.elapsedMs();
      if (!isDeaf || feed.received !== received) {
        silence.patienceMs = Math.min(LONGEST_MS, silence.patienceMs * 2);
        return;
      }
      log.warn('an instrument is not heard, though it is traded', { exchange, instrumentId, forMs });
      onDeaf();
      const isSecondTime = silence.deafOver === connection.id;
      silence.deafOver = connection.id;
      if (isSecondTime || connection.newest === null)
        connection.socket.lose(`${instrumentId} is not heard, though it is traded`);
      else hearAgain(feed, connection);
    } catch {
      // Whoever cannot be asked now is asked later: a connection that is lost tells of itself.
      silence.sinceMs = time.elapsedMs();
    } finally {
      this.#isAsking = false;
    }
  }
}
