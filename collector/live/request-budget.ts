import type { Time } from '../../shared/ports/time.ts';

export interface RequestBudgetOptions {
  /** What the venue grants to an address in any minute. */
  readonly weightPerMinute: number;
  /** Where it grants less than half of that at once. */
  readonly weightAtOnce?: number;
  readonly time: Time;
}

/** Of the minute's weight: so much at once, and the rest evenly. Together they never pass it, whenever a minute begins. */
const SHARE_AT_ONCE = 0.5;
/** Left to whoever else asks from the same address. */
const SHARE_SPARED = 0.1;
/** Of what may be asked at once: what can wait leaves as much to what cannot. */
const SHARE_FOR_THE_URGENT = 0.5;
const MINUTE_MS = 60_000;

/** Who asks: requests that can wait neither hold up the others nor use up what those may need. */
export type Urgency = 'urgent' | 'can-wait';

/** How much may be asked of a venue over REST, before it refuses to answer and then bans who insists: a bucket of tokens. */
export class RequestBudget {
  readonly #time: Time;
  readonly #most: number;
  readonly #perMs: number;
  #tokens: number;
  #filledAt: number;
  #shutUntil = -Infinity;
  readonly #last: Record<Urgency, Promise<unknown>> = {
    urgent: Promise.resolve(),
    'can-wait': Promise.resolve(),
  };

  constructor({ weightPerMinute, weightAtOnce, time }: RequestBudgetOptions) {
    this.#time = time;
    this.#most = Math.min(weightAtOnce ?? Infinity, weightPerMinute * SHARE_AT_ONCE);
    this.#perMs = (weightPerMinute * (1 - SHARE_SPARED) - this.#most) / MINUTE_MS;
    this.#tokens = this.#most;
    this.#filledAt = time.elapsedMs();
  }

  /**
   * Resolves when a request of this weight may be made; of one urgency first come, first served.
   * @param latest when it is of no use any more (`elapsedMs`).
   * @returns whether it may be made; false, at once: it could not before that.
   * @throws the signal's reason.
   */
  async take(
    weight: number,
    latest: number,
    signal: AbortSignal,
    urgency: Urgency = 'urgent',
  ): Promise<boolean> {
    const turn = this.#last[urgency].then(async () => this.#wait(weight, latest, signal, urgency));
    this.#last[urgency] = turn.catch(() => undefined);
    return turn;
  }

  /** Whether a request of this weight could be made at once. */
  hasRoom(weight: number, urgency: Urgency = 'urgent'): boolean {
    return this.#waitMs(this.#needed(weight, urgency)) <= 0;
  }

  /** The venue asked for a pause: nothing is asked of it before that is over. */
  shutFor(ms: number): void {
    this.#shutUntil = Math.max(this.#shutUntil, this.#time.elapsedMs() + ms);
  }

  async #wait(weight: number, latest: number, signal: AbortSignal, urgency: Urgency): Promise<boolean> {
    const needed = this.#needed(weight, urgency);
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.#waitMs(needed);
      if (waitMs <= 0) break;
      if (this.#time.elapsedMs() + waitMs > latest) return false;
      await this.#time.sleep(waitMs, signal);
    }
    this.#tokens -= Math.min(weight, this.#most);
    return true;
  }

  #needed(weight: number, urgency: Urgency): number {
    const left = urgency === 'urgent' ? 0 : this.#most * SHARE_FOR_THE_URGENT;
    return Math.min(Math.min(weight, this.#most) + left, this.#most);
  }

  #waitMs(due: number): number {
    const now = this.#time.elapsedMs();
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    return Math.max(this.#shutUntil - now, Math.ceil((due - this.#tokens) / this.#perMs));
  }
}
