import type { ClosedCandle } from '../../../shared/contracts/events.ts';
import { heldPartition } from '../../../shared/contracts/record-keys.ts';
import type { DecidedRecord } from '../../../shared/contracts/records.ts';
import { MAX_STRATEGIES } from '../../../shared/contracts/strategy-views.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import { isDue, signalAgain } from '../../../shared/domain/trading/target.ts';
import type { BusEvent } from '../../../shared/ports/event-bus.ts';
import type { Ports } from '../../../shared/ports/index.ts';

/**
 * Raises the signals of targets that nothing works towards again, by the close of a candle that brought no other advice. It
 * keeps nothing: whoever decides knows whether it is due still, and the next candle comes.
 * @param quiet instances that run and raised no signal on this candle
 * @returns how many it raised
 */
export async function tryAgain(
  { state, bus }: Pick<Ports, 'state' | 'bus'>,
  candle: ClosedCandle,
  quiet: ReadonlySet<string>,
): Promise<number> {
  const { instrumentId, interval, openTimeMs } = candle;
  const held = await state.queryIndex<DecidedRecord>('orders', heldPartition(instrumentId, interval), {
    limit: MAX_STRATEGIES,
  });
  const againAtMs = openTimeMs + intervalMs(interval);
  const events = held.items.flatMap(({ value: { target = null } }): BusEvent[] => {
    if (!isDue(target, againAtMs) || !quiet.has(target.signal.strategyId)) return [];
    return [{ detailType: 'SignalRaisedV1', detail: { signal: signalAgain(target, candle), againAtMs } }];
  });
  if (events.length > 0) await bus.publish(events);
  return events.length;
}
