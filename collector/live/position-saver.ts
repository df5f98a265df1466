import { describeError } from '../../shared/runtime/define-function.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { LeaseLost } from './lease.ts';
import type { KnownTrades, LivePosition } from './live-position.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface PositionSaverOptions {
  readonly position: Pick<LivePosition, 'save' | 'saveAndRelease'>;
  /** How far the streams have come. */
  readonly trades: () => KnownTrades;
  readonly time: Time;
  readonly everyMs: number;
  readonly log: Log;
  readonly onLost: (error: LeaseLost) => void;
}

/** Saves the position again and again, one write after the other, and renews the lease with it. */
export class PositionSaver {
  readonly #options: PositionSaverOptions;
  readonly #endTimer: () => void;
  #saving: Promise<void> | null = null;
  #isToSaveAgain = false;

  constructor(options: PositionSaverOptions) {
    this.#options = options;
    this.#endTimer = options.time.every(options.everyMs, () => this.#start());
  }

  /** There is something that must not wait. */
  soon(): void {
    this.#isToSaveAgain = this.#saving !== null;
    this.#start();
  }

  /** Saves for the last time, and hands the lease over. */
  async end(): Promise<void> {
    this.#endTimer();
    this.#isToSaveAgain = false;
    await this.#saving;
    await this.#options.position.saveAndRelease(this.#options.trades());
  }

  #start(): void {
    this.#saving ??= this.#save();
  }

  /** A position that could not be saved is saved the next time; all it costs is trades that are fetched again. */
  async #save(): Promise<void> {
    const { position, trades, log, onLost } = this.#options;
    try {
      await position.save(trades());
    } catch (error) {
      if (error instanceof LeaseLost) onLost(error);
      else log.error('the position was not saved', { error: describeError(error) });
    }
    this.#saving = null;
    if (!this.#isToSaveAgain) return;
    this.#isToSaveAgain = false;
    this.#start();
  }
}
