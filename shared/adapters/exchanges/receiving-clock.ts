import type { CaptureMessage } from '../../contracts/capture.ts';
import { isTradeTime } from '../../contracts/lane-rows.ts';
import type { CaptureEvent } from './capture-decoders.ts';

/** What else people write than nanoseconds. */
const UNITS = [
  ['microseconds', 1e3],
  ['milliseconds', 1],
  ['seconds', 1e-3],
] as const;
/** Before 2009 nobody had anything to record. */
const FIRST_YEAR_MS = Date.UTC(2009);
/** One trade may be wrong, or two. */
const LEAST_WITNESSES = 3;
/** A clock that is wrong is so by the same all along. */
const STEADY_WITHIN_MS = 3_600_000;
const HOUR_MS = 3_600_000;

interface Witness {
  readonly line: number;
  readonly receivedMs: number;
  readonly timeMs: number;
}

/**
 * Whether the clock that a capture was received by can be believed. A trade or two whose time is far from it are wrong
 * themselves, and are set aside; where most trades say the same of it, it is the clock that is wrong.
 */
export class ReceivingClock {
  #judged = 0;
  #doubtful = 0;
  #first: Witness | null = null;
  #leastMs = Infinity;
  #mostMs = -Infinity;

  /** @returns what is wrong with the line, where its own stamp shows it; null: nothing. */
  take(message: CaptureMessage, events: readonly CaptureEvent[]): string | null {
    for (const event of events) {
      if (event.kind !== 'trade' || event.isAnswer === true) continue;
      const { timeMs, receivedAtMs: receivedMs } = event;
      this.#judged++;
      if (typeof timeMs !== 'number' || timeMs < FIRST_YEAR_MS || isTradeTime(timeMs, receivedMs)) continue;
      const unit = unitOf(message.receivedAtNs, timeMs);
      if (unit !== null)
        return `receivedAtNs: expected nanoseconds since the epoch, found ${message.receivedAtNs}, which are ${unit}`;
      this.#doubtful++;
      this.#first ??= { line: message.line, receivedMs, timeMs };
      this.#leastMs = Math.min(this.#leastMs, timeMs - receivedMs);
      this.#mostMs = Math.max(this.#mostMs, timeMs - receivedMs);
    }
    return null;
  }

  /** @returns where it shows, and what is wrong; null: nothing. */
  verdict(): { readonly line: number; readonly cause: string } | null {
    const first = this.#first;
    if (first === null || this.#doubtful < LEAST_WITNESSES || 2 * this.#doubtful <= this.#judged) return null;
    if (this.#mostMs - this.#leastMs > STEADY_WITHIN_MS) return null;
    const aheadMs = first.timeMs - first.receivedMs;
    const hours = Math.round((Math.abs(aheadMs) / HOUR_MS) * 10) / 10;
    return {
      line: first.line,
      cause:
        `received ${isoOf(first.receivedMs)}, and its trade was made ${isoOf(first.timeMs)}: the clock of whoever ` +
        `recorded it was ${hours} h ${aheadMs > 0 ? 'slow' : 'fast'} (${this.#doubtful} of ${this.#judged} trades say so): ` +
        'expected times at most an hour before, and a day after, the trades',
    };
  }
}

function unitOf(receivedAtNs: string, timeMs: number): string | null {
  const stamp = Number(receivedAtNs);
  for (const [name, perMs] of UNITS) {
    if (isTradeTime(timeMs, Math.round(stamp / perMs))) return name;
  }
  return null;
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
