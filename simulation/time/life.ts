import type { Time } from '../../shared/ports/time.ts';
import type { Scheduler } from './scheduler.ts';

/** One process from its start to its end: killed, nothing that it waited for ever comes. */
export class Life implements Time {
  readonly #scheduler: Scheduler;
  readonly #bornMs: number;
  #isOver = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#bornMs = scheduler.nowMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
  }

  nowMs(): number {
    return this.#scheduler.nowMs;
  }

  elapsedMs(): number {
    return this.#scheduler.nowMs - this.#bornMs;
  }

  after(ms: number, action: () => void): () => void {
    return this.#scheduler.at(this.#scheduler.nowMs + ms, () => {
      if (!this.#isOver) action();
    });
  }

  every(ms: number, action: () => void): () => void {
    let callOff = (): void => undefined;
    const next = (): void => {
      callOff = this.after(ms, () => {
        next();
        action();
      });
    };
    next();
    return () => callOff();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const callOff = this.after(ms, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          callOff();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }
}
