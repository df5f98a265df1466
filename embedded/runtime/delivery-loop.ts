/** One loop that waits for work and does it, until it is stopped: what every event source of the runtime is. */
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';

export class DeliveryLoop {
  readonly #name: string;
  readonly #turn: () => Promise<'worked' | 'idle' | { readonly idleUntilMs: number }>;
  #wake: (() => void) | null = null;
  #woken = false;
  #stopped = false;
  #running: Promise<void> | null = null;

  /** @param turn does one piece of work; `idle` waits for `wake`, `idleUntilMs` (wall time) for that or until then. */
  constructor(name: string, turn: () => Promise<'worked' | 'idle' | { readonly idleUntilMs: number }>) {
    this.#name = name;
    this.#turn = turn;
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
      const outcome = await this.#turn().catch((error: unknown) => {
        log.error('delivery loop', { loop: this.#name, error: describeError(error) });
        return { idleUntilMs: Date.now() + 1000 };
      });
      if (outcome !== 'worked' && !this.#stopped)
        await this.#sleep(outcome === 'idle' ? null : outcome.idleUntilMs);
    }
  }

  async #sleep(untilMs: number | null): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = untilMs === null ? undefined : setTimeout(resolve, Math.max(0, untilMs - Date.now()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
