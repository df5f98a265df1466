import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Time as a process knows it: of the day, of its own, and its timers. Whoever is given it can be stopped and woken later
 * where it is made by hand, and a whole platform lives through an hour of it in a moment. What is decided by is the port
 * `Clock`.
 */
export interface Time {
  /** The time of day. */
  nowMs(): number;
  /** Goes on evenly from some instant of this process's own, whatever is done to the clock on the wall. */
  elapsedMs(): number;
  /** @throws the signal's reason, once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** @returns what calls it off. */
  after(ms: number, action: () => void): () => void;
  /** @returns what ends it. */
  every(ms: number, action: () => void): () => void;
}

export const systemTime: Time = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  sleep: async (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, action) => {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  },
};
