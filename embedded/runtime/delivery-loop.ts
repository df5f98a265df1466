/** One loop that waits for work and does it, until it is stopped: what every event source of the runtime is. */
import type { Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Patience } from '../../shared/runtime/patience.ts';

/** What a turn came to. Both instants are of the time of day; a pause lasts, whatever comes meanwhile. */
export type Turn = 'worked' | 'idle' | { readonly idleUntilMs: number } | { readonly pauseUntilMs: number };

export class DeliveryLoop {
  readonly #name: string;
  readonly #turn: () => Promise<Turn>;
  readonly #patience: Patience;
  readonly #time: Time;
  #wake: (() => void) | null = null;
  #woken = false;
  #stopped = false;
  #running: Promise<void> | null = null;

  /**
   * @param turn does one piece of work; `idle` waits for `wake`, `idleUntilMs` for that or until then. One that throws
   * Unreachable is made again until it goes through, and loses nothing by having been broken off.
   */
  constructor(name: string, turn: () => Promise<Turn>, patience: Patience, time: Time) {
    this.#name = name;
    this.#turn = turn;
    this.#patience = patience;
    this.#time = time;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Resolves when the turn under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const outcome = await this.#attempt();
      if (outcome === 'worked' || this.#stopped) continue;
      if (outcome === 'idle') await this.#sleep(null);
      else if ('idleUntilMs' in outcome) await this.#sleep(outcome.idleUntilMs);
      else
        while (!this.#stopped && this.#time.nowMs() < outcome.pauseUntilMs)
          await this.#pause(outcome.pauseUntilMs);
    }
  }

  async #attempt(): Promise<Turn> {
    try {
      const outcome = await this.#turn();
      this.#patience.reached(this.#name);
      return outcome;
    } catch (error) {
      if (error instanceof Unreachable)
        return { pauseUntilMs: this.#time.nowMs() + this.#patience.met(this.#name, error) };
      log.error('delivery loop', { loop: this.#name, error: describeError(error) });
      return { pauseUntilMs: this.#time.nowMs() + 1000 };
    }
  }

  async #sleep(untilMs: number | null): Promise<void> {
    if (!this.#woken) await this.#pause(untilMs);
  }

  async #pause(untilMs: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff =
        untilMs === null ? null : this.#time.after(Math.max(0, untilMs - this.#time.nowMs()), resolve);
      this.#wake = () => {
        callOff?.();
        resolve();
      };
    });
    this.#wake = null;
  }
}
