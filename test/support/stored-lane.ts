import { encodeFolds } from '../../shared/contracts/lane-candles.ts';
import { laneKey } from '../../shared/contracts/record-keys.ts';
import { foldTrade, startFold } from '../../shared/domain/candles/fold.ts';
import { INTERVALS } from '../../shared/domain/candles/interval.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { laneOf } from '../../shared/domain/market-data/lane.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

type Print = readonly [timeMs: number, price: string];

/** What build-candles keeps after purchases of 2 each, whose ids begin with 7: an item a lane. */
export async function storeLanes(
  state: StateStore,
  tapes: Readonly<Record<string, readonly Print[]>>,
): Promise<void> {
  const lanes = Map.groupBy(Object.keys(tapes), laneOf);
  for (const [lane, instrumentIds] of lanes) {
    const folds = instrumentIds.map((instrumentId) => foldPrints(instrumentId, tapes[instrumentId]!));
    await state.write({
      kind: 'put',
      table: 'market-data',
      ...laneKey(lane, 'build-candles'),
      value: { lastSequence: '1', state: { sessionId: 's', ...encodeFolds(folds) } },
      condition: { kind: 'none' },
    });
  }
}

function foldPrints(instrumentId: string, prints: readonly Print[]) {
  const fold = startFold(instrumentId, INTERVALS);
  for (const [i, [timeMs, price]] of prints.entries()) {
    const trade = {
      instrumentId,
      tradeId: 7 + i,
      price: decimal(price),
      quantity: decimal('2'),
      takerSide: 'BUY' as const,
      timeMs,
    };
    foldTrade(fold, trade, { closed: [], late: [] });
  }
  return fold;
}
