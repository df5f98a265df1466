import type { VenueLine } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface NewestAgainOptions {
  readonly sayNewest: NonNullable<VenueLine['sayNewest']>;
  readonly send: (message: string) => void;
  readonly time: Time;
}

/** Instruments that lack trades after one interruption are asked for together. */
const GATHER_MS = 20;
/** Venues count what is said to them. */
const LEAST_MS = 1000;
/** After so many in vain, ever less often. */
const PROMPT_TIMES = 5;
const LONGEST_MS = 30_000;

/**
 * Asks a venue to say over the open line which trades are its newest: that answers for all instruments at once, where
 * questions to REST are answered one by one, and at some venues one a second.
 */
export class NewestAgain {
  readonly #options: NewestAgainOptions;
  readonly #waiting = new Set<InstrumentFeed>();
  #askedAt = -Infinity;
  #inVain = 0;
  /** Of the last time. */
  #asked: readonly InstrumentFeed[] = [];
  #callOff: (() => void) | null = null;

  constructor(options: NewestAgainOptions) {
    this.#options = options;
  }

  /** Whatever it lacks then, if it still lacks any. */
  ask(feed: InstrumentFeed): void {
    const { time } = this.#options;
    this.#waiting.add(feed);
    if (this.#callOff !== null) return;
    const pauseMs = Math.min(LONGEST_MS, LEAST_MS * 2 ** Math.max(0, this.#inVain - PROMPT_TIMES));
    const inMs = Math.max(GATHER_MS, this.#askedAt + pauseMs - time.elapsedMs());
    this.#callOff = time.after(inMs, () => this.#askNow());
  }

  /** Nothing is missing any more. */
  rest(): void {
    this.#inVain = 0;
  }

  end(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#waiting.clear();
  }

  #askNow(): void {
    const { sayNewest, send, time } = this.#options;
    this.#callOff = null;
    const lacking = [...this.#waiting].filter(({ isCatchingUp }) => isCatchingUp);
    this.#waiting.clear();
    if (lacking.length === 0) return;
    this.#askedAt = time.elapsedMs();
    if (this.#asked.some(({ isCatchingUp }) => !isCatchingUp)) this.#inVain = 0;
    this.#inVain++;
    this.#asked = lacking;
    for (const message of sayNewest(lacking.map(({ instrumentId }) => instrumentId))) send(message);
  }
}
