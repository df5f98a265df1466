import { receivedAtMs, type CaptureMessage } from '../../contracts/capture.ts';
import { isTime, isTradeTime } from '../../contracts/lane-rows.ts';
import type { CaptureEvent } from './capture-decoders.ts';

/** What else people write than nanoseconds. */
const UNITS = [
  ['microseconds', 1e3],
  ['milliseconds', 1],
  ['seconds', 1e-3],
] as const;
/** Before 2009 nobody had anything to record. */
const FIRST_YEAR_MS = Date.UTC(2009);
/** One stamp may be wrong, or two. */
const LEAST_WITNESSES = 3;
/** A clock that is wrong is so by the same all along. */
const STEADY_WITHIN_MS = 3_600_000;
const HOUR_MS = 3_600_000;

interface Witness {
  readonly line: number;
  readonly receivedMs: number;
  readonly timeMs: number;
  readonly what: 'trade' | 'message';
}

/**
 * Whether the clock that a capture was received by can be believed. A trade or two whose time is far from it are wrong
 * themselves, and are set aside; where most stamps of the venue say the same of it, it is the clock that is wrong. The venue's
 * clock and the times of its books say it, too: a capture of books alone has no trades.
 */
export class ReceivingClock {
  #judged = 0;
  #doubtful = 0;
  #first: Witness | null = null;
  #leastMs = Infinity;
  #mostMs = -Infinity;

  /** @returns what is wrong with the line, where its own stamp shows it; null: nothing. */
  take(message: CaptureMessage, events: readonly CaptureEvent[]): string | null {
    const receivedMs = receivedAtMs(message.receivedAtNs);
    for (const event of events) {
      const timeMs = stampOf(event);
      if (timeMs === undefined) continue;
      this.#judged++;
      // What lies outside of all years is no time, and says nothing of a clock.
      if (!isTime(timeMs) || timeMs < FIRST_YEAR_MS || isTradeTime(timeMs, receivedMs)) continue;
      const unit = unitOf(message.receivedAtNs, timeMs);
      if (unit !== null)
        return `receivedAtNs: expected nanoseconds since the epoch, found ${message.receivedAtNs}, which are ${unit}`;
      this.#doubtful++;
      const what = event.kind === 'trade' ? 'trade' : 'message';
      this.#first ??= { line: message.line, receivedMs, timeMs, what };
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
        `received ${isoOf(first.receivedMs)}, and its ${first.what} was made ${isoOf(first.timeMs)}: the clock of whoever ` +
        `recorded it was ${hours} h ${aheadMs > 0 ? 'slow' : 'fast'} (${this.#doubtful} of ${this.#judged} stamps say so): ` +
        'expected times at most an hour before, and a day after, those of the venue',
    };
  }
}

/** @returns what the venue says of its time; undefined: nothing that is of now. */
function stampOf(event: CaptureEvent): unknown {
  if (event.kind === 'trade') return event.isAnswer === true ? undefined : event.timeMs;
  if (event.kind === 'clock') return event.venueTimeMs;
  return event.kind === 'book-delta' ? (event.venueTimeMs ?? undefined) : undefined;
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
