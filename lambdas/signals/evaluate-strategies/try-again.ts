import type { DeskMessage } from '../../../shared/contracts/desk-messages.ts';
import type { ClosedCandle } from '../../../shared/contracts/events.ts';
import { heldPartition } from '../../../shared/contracts/record-keys.ts';
import type { DecidedRecord } from '../../../shared/contracts/records.ts';
import { MAX_STRATEGIES } from '../../../shared/contracts/strategy-views.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import { isDue, signalAgain } from '../../../shared/domain/trading/target.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { sendToDesks } from '../../../shared/runtime/desk-queue.ts';

/**
 * Raises the signals of targets that nothing works towards again, by the close of a candle that brought no other advice. It
 * keeps nothing: whoever decides knows whether it is due still, and the next candle comes.
 * @param quiet instances that run and raised no signal on this candle
 * @returns how many it raised
 */
export async function tryAgain(
  { state, queues }: Pick<Ports, 'state' | 'queues'>,
  candle: ClosedCandle,
  quiet: ReadonlySet<string>,
): Promise<number> {
  const { instrumentId, interval, openTimeMs } = candle;
  const held = await state.queryIndex<DecidedRecord>('orders', heldPartition(instrumentId, interval), {
    limit: MAX_STRATEGIES,
  });
  const againAtMs = openTimeMs + intervalMs(interval);
  const messages = held.items.flatMap(({ value: { target = null } }): DeskMessage[] => {
    if (!isDue(target, againAtMs) || !quiet.has(target.signal.strategyId)) return [];
    return [{ kind: 'signal', signal: signalAgain(target, candle), againAtMs }];
  });
  await sendToDesks(queues, messages);
  return messages.length;
}
