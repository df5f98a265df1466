import { setTimeout as sleep } from 'node:timers/promises';

/** Time as a live collector knows it: where it is made by hand, a test can stop a collector and let it wake up later. */
export interface LiveTime {
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

export const systemTime: LiveTime = {
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
