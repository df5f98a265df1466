import { intervalMs } from '../candles/interval.ts';
import { deterministicId } from '../ids.ts';
import { unitedFlags, type Flagged } from '../market-data/quality-flags.ts';
import type { Signal } from '../orders/order.ts';
import type { Advice, StrategyInstance } from './strategy.ts';

/** Advice on a closed candle, as the rest of the platform hears of it. */
export function signalOf(
  instance: StrategyInstance,
  /** `close`: canonical decimal. */
  candle: {
    readonly openTimeMs: number;
    readonly close: string;
    readonly venueOffsetMs?: number | undefined;
  } & Flagged,
  advice: NonNullable<Advice>,
): Signal {
  const { openTimeMs: candleOpenTimeMs, close: referencePrice, venueOffsetMs } = candle;
  const { strategyId, accountId, instrumentId, interval } = instance;
  return {
    signalId: deterministicId('signal', accountId, strategyId, instrumentId, interval, candleOpenTimeMs),
    accountId,
    strategyId,
    instrumentId,
    interval,
    candleOpenTimeMs,
    candleCloseTimeMs: candleOpenTimeMs + intervalMs(interval),
    side: advice.side,
    referencePrice,
    reason: advice.reason,
    ...(venueOffsetMs === undefined ? {} : { venueOffsetMs }),
    ...unitedFlags(candle),
  };
}
