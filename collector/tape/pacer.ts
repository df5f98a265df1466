import { setTimeout as sleep } from 'node:timers/promises';

/** `max`: as fast as everything settles; 1: as fast as it was received; 10: ten times as fast. */
export type TapeSpeed = 'max' | number;

/** What is due is sent at most this often: a record for each single trade would cost more than it says. */
const TICK_MS = 5;

export interface PacerOptions {
  readonly speed: number;
  /** `first-message`: the tape begins now; `wall`: a message is due when the clock shows its time. */
  readonly timeBase: 'first-message' | 'wall';
  readonly now?: () => number;
}

/** Says which messages of a tape are due. */
export class Pacer {
  readonly #speed: number;
  readonly #now: () => number;
  #origin: { readonly tapeMs: number; readonly wallMs: number } | null;

  constructor({ speed, timeBase, now = Date.now }: PacerOptions) {
    this.#speed = speed;
    this.#now = now;
    this.#origin = timeBase === 'wall' ? { tapeMs: 0, wallMs: 0 } : null;
  }

  /**
   * How many of the messages, from an index on, are due.
   * @param times received times in ms, in the order of the tape.
   */
  due(times: readonly number[], from: number): number {
    const now = this.#now();
    this.#origin ??= { tapeMs: times[from]!, wallMs: now };
    const { tapeMs, wallMs } = this.#origin;
    let end = from;
    while (end < times.length && wallMs + (times[end]! - tapeMs) / this.#speed <= now) end++;
    return end - from;
  }

  /** Sleeps until the message of this time is due, or a tick, whichever is longer. @throws when aborted */
  async until(timeMs: number, signal: AbortSignal): Promise<void> {
    const { tapeMs, wallMs } = this.#origin!;
    const waitMs = wallMs + (timeMs - tapeMs) / this.#speed - this.#now();
    await sleep(Math.max(TICK_MS, Math.ceil(waitMs)), undefined, { signal });
  }
}
