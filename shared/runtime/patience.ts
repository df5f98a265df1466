/** Waiting for what cannot be reached: without end, with growing pauses, and told while it lasts. */
import type { Waiting } from '../ports/function-health.ts';
import { systemTime, type Time } from '../ports/time.ts';
import { Unreachable } from '../ports/unreachable.ts';
import type { Log } from './log.ts';

export interface PatienceOptions {
  readonly log: Log;
  readonly firstPauseMs?: number;
  /** What cannot be reached is looked for this often at least, so that all goes on soon after it is back. */
  readonly longestPauseMs?: number;
  readonly time?: Pick<Time, 'nowMs' | 'sleep'>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** A store that comes and goes, as a disk does that is nearly full, is not logged more often. */
const LOG_EVERY_MS = 60_000;

interface Attempts {
  readonly waiting: Waiting;
  count: number;
}

/** Who waits for what. One for a process: its lines in the log are one a store and minute, however many wait. */
export class Patience {
  readonly #options: Required<PatienceOptions>;
  readonly #waiting = new Map<string, Attempts>();
  /** When the log last said of a store that it cannot be reached; of those that are waited for. */
  readonly #toldAtMs = new Map<string, number>();

  constructor(options: PatienceOptions) {
    this.#options = {
      firstPauseMs: FIRST_PAUSE_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
      time: systemTime,
      ...options,
    };
  }

  /** Those who wait now, longest first. */
  waiting(): readonly Waiting[] {
    return [...this.#waiting.values()].map(({ waiting }) => waiting).sort((a, b) => a.sinceMs - b.sinceMs);
  }

  /** An attempt has met something out of reach. @returns how long to pause before the next */
  met(who: string, { store, message }: Unreachable): number {
    const { time, firstPauseMs, longestPauseMs } = this.#options;
    const known = this.#waiting.get(who);
    const sinceMs = known?.waiting.sinceMs ?? time.nowMs();
    const count = (known?.count ?? 0) + 1;
    this.#waiting.set(who, { waiting: { who, store, cause: message, sinceMs }, count });
    this.#tell(store, message);
    return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(count - 1, 30));
  }

  /** An attempt went through. */
  reached(who: string): void {
    const store = this.#waiting.get(who)?.waiting.store;
    if (store === undefined) return;
    this.#waiting.delete(who);
    if (this.waiting().some((other) => other.store === store)) return;
    this.#options.log.info('reached again', { store });
  }

  /**
   * Calls until what is called can be reached; every other error is thrown at once.
   * @throws what the last attempt met, once the signal is aborted
   */
  async until<T>(who: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const result = await call();
        this.reached(who);
        return result;
      } catch (error) {
        if (!(error instanceof Unreachable) || signal?.aborted === true) {
          this.reached(who);
          throw error;
        }
        const pauseMs = this.met(who, error);
        // An abort ends the pause, and what is called has one more try.
        await this.#options.time.sleep(pauseMs, signal).catch(() => undefined);
      }
    }
  }

  #tell(store: string, cause: string): void {
    const { log, time } = this.#options;
    const nowMs = time.nowMs();
    if (nowMs - (this.#toldAtMs.get(store) ?? -Infinity) < LOG_EVERY_MS) return;
    this.#toldAtMs.set(store, nowMs);
    const waiting = this.waiting().filter((other) => other.store === store);
    log.warn('waiting for what cannot be reached', {
      store,
      cause,
      since: new Date(waiting[0]?.sinceMs ?? nowMs).toISOString(),
      waiting: waiting.map(({ who }) => who),
    });
  }
}
