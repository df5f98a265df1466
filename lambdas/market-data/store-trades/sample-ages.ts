import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';

/** Of a batch: some batches a second make enough of them for a percentile, and each is a few bytes of log. */
const SAMPLES = 20;

/**
 * How long ago trades were received: of some that are evenly spaced over the batch, and of its oldest. The clocks of
 * who received them and of this process may differ; an age is never less than nothing.
 */
export function sampleAges(trades: readonly Pick<ReceivedTrade, 'receivedAtMs'>[], nowMs: number): number[] {
  if (trades.length <= SAMPLES) return trades.map(({ receivedAtMs }) => age(receivedAtMs, nowMs));
  const step = trades.length / (SAMPLES - 1);
  const spaced = Array.from({ length: SAMPLES - 1 }, (_, n) => trades[Math.floor(n * step)]!.receivedAtMs);
  const oldest = trades.reduce((least, { receivedAtMs }) => Math.min(least, receivedAtMs), Infinity);
  return [...spaced, oldest].map((receivedAtMs) => age(receivedAtMs, nowMs));
}

function age(receivedAtMs: number, nowMs: number): number {
  return Math.max(0, Math.round(nowMs - receivedAtMs));
}
