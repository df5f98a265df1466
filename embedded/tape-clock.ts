import type { Clock } from '../shared/ports/clock.ts';

/** The clock of a replay: it stands where the tape stands, so that what expires does not depend on the speed. */
export class TapeClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  /** Never back. */
  advanceTo(timeMs: number): void {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }
}

export const wallClock: Clock = { nowMs: () => Date.now() };
