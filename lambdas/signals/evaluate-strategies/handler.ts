import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas, type ClosedCandle, type EventDetail } from '../../../shared/contracts/events.ts';
import { runningPartition } from '../../../shared/contracts/record-keys.ts';
import type { StrategyRecord } from '../../../shared/contracts/records.ts';
import { MAX_STRATEGIES } from '../../../shared/contracts/strategy-views.ts';
import { inClosingOrder } from '../../../shared/domain/candles/closing-order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { showCandle } from './show-candle.ts';
import { tryAgain } from './try-again.ts';

/**
 * Shows each closed candle to the running strategies of its instrument and interval. What one of them advised before, and
 * nothing works towards, is to be decided upon again.
 */
export function createHandler(ports: Pick<Ports, 'state' | 'candles' | 'queues' | 'clock'>) {
  return defineFunction(
    'evaluate-strategies',
    async (event: EventBridgeEvent<'CandlesClosedV1', EventDetail<'CandlesClosedV1'>>, invocation) => {
      const { candles } = eventSchemas.CandlesClosedV1.parse(event.detail);
      const inOrder = inClosingOrder(candles);
      // Of a feed that makes up for a pause, the newest candle is the one whose price and time are of now.
      const newest = new Set(new Map(inOrder.map((candle) => [feedOf(candle), candle])).values());
      for (const candle of inOrder) {
        const quiet = new Set<string>();
        for (const instance of await strategiesFor(ports, candle)) {
          const signals = await showCandle(ports, instance, candle);
          if (signals === 0) quiet.add(instance.strategyId);
          else invocation.count('signalsRaised', signals);
        }
        if (quiet.size > 0 && newest.has(candle))
          invocation.count('signalsTriedAgain', await tryAgain(ports, candle, quiet));
      }
    },
  );
}

function feedOf({ instrumentId, interval }: ClosedCandle): string {
  return `${instrumentId} ${interval}`;
}

/** In order of id. */
async function strategiesFor(
  ports: Pick<Ports, 'state'>,
  candle: ClosedCandle,
): Promise<readonly StrategyRecord[]> {
  const page = await ports.state.queryIndex<StrategyRecord>(
    'signals',
    runningPartition(candle.instrumentId, candle.interval),
    // As many as may exist at all. The few that may slip past that bound together on AWS are not shown the candle.
    { limit: MAX_STRATEGIES },
  );
  return page.items.map((item) => item.value);
}
