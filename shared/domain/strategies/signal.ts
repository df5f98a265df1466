import { intervalMs } from '../candles/interval.ts';
import { deterministicId } from '../ids.ts';
import type { Signal } from '../orders/order.ts';
import type { Advice, StrategyInstance } from './strategy.ts';

/** Advice on a closed candle, as the rest of the platform hears of it. */
export function signalOf(
  instance: StrategyInstance,
  candleOpenTimeMs: number,
  /** The candle's close, canonical decimal. */
  referencePrice: string,
  advice: NonNullable<Advice>,
): Signal {
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
  };
}
