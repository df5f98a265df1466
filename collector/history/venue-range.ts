/** What of a venue's past can be had, before anything is asked for in earnest. */
import type { HistoryRange, VenueHistory } from '../../shared/adapters/exchanges/venue.ts';
import { intervalMs, openTimeOf, type Interval } from '../../shared/domain/candles/interval.ts';

export interface AskedRange {
  readonly exchange: string;
  readonly history: VenueHistory;
  /** null: trades. */
  readonly interval: Interval | null;
  readonly fromMs: number;
  /** null: up to now. */
  readonly toMs: number | null;
  /** By the venue's clock: ours may be ahead, and then a candle that is under way would count as over. */
  readonly venueNowMs: number;
}

/** The newest trades may not have come to where REST answers from. */
const SETTLED_MS = 10_000;
/** Of candles. More is published in bulk. */
const MAX_CANDLES = 50_000_000;

/** @returns what can be asked for, or one line that says why not. */
export function rangeOf(asked: AskedRange): HistoryRange | string {
  const { exchange, interval, fromMs, venueNowMs } = asked;
  if (asked.toMs !== null && asked.toMs > venueNowMs)
    return `--to: ${iso(asked.toMs)} is still to come, by the clock of ${exchange} it is ${iso(venueNowMs)}`;
  if (interval !== null) return rangeOfCandles({ ...asked, interval });
  const toMs = Math.min(asked.toMs ?? venueNowMs, venueNowMs - SETTLED_MS);
  return fromMs < toMs ? { fromMs, toMs } : `--from: expected a time before ${iso(toMs)}, got ${iso(fromMs)}`;
}

function rangeOfCandles({
  exchange,
  history: { candles },
  interval,
  fromMs,
  toMs,
  venueNowMs,
}: AskedRange & { readonly interval: Interval }): HistoryRange | string {
  const lengthMs = intervalMs(interval);
  if (!candles.intervals.includes(interval))
    return `--interval: ${exchange} has no candles of ${interval}, expected one of ${candles.intervals.join(', ')}, or --trades`;
  const range = {
    fromMs: openTimeOf(fromMs + lengthMs - 1, interval),
    toMs: openTimeOf(Math.min(toMs ?? venueNowMs, venueNowMs), interval),
  };
  if (range.fromMs >= range.toMs)
    return `--from: no candle of ${interval} that is over lies between ${iso(fromMs)} and ${iso(toMs ?? venueNowMs)}`;
  const { newestOnly } = candles;
  const earliestMs = newestOnly === null ? 0 : openTimeOf(venueNowMs, interval) - (newestOnly - 1) * lengthMs;
  if (range.fromMs < earliestMs)
    return `--from: ${exchange} tells of its newest ${newestOnly} candles of ${interval} alone, those from ${iso(earliestMs)} on; --trades brings what was before, and candles of every interval`;
  const count = (range.toMs - range.fromMs) / lengthMs;
  if (count > MAX_CANDLES)
    return `--from: expected at most ${MAX_CANDLES} candles at once, got ${count}; venues publish files of them, which --file brings`;
  return range;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
