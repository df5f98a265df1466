import { encodeFolds } from '../../shared/contracts/lane-candles.ts';
import { lanePricesOf } from '../../shared/contracts/lane-prices.ts';
import { laneKey, lanePricesKey } from '../../shared/contracts/record-keys.ts';
import { foldTrade, startFold } from '../../shared/domain/candles/fold.ts';
import { INTERVALS } from '../../shared/domain/candles/interval.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { laneOf } from '../../shared/domain/market-data/lane.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

type Print = readonly [timeMs: number, price: string];

/** What build-candles keeps, and tells of prices, after purchases of 2 each, whose ids begin with 7: two items a lane. */
export async function storeLanes(
  state: StateStore,
  tapes: Readonly<Record<string, readonly Print[]>>,
): Promise<void> {
  await storeFolds(state, tapes);
  for (const [lane, folds] of foldsOf(tapes))
    await state.write({
      kind: 'put',
      table: 'market-data',
      ...lanePricesKey(lane),
      value: lanePricesOf(folds),
      condition: { kind: 'none' },
    });
}

/** As it was before prices were told. */
export async function storeFolds(
  state: StateStore,
  tapes: Readonly<Record<string, readonly Print[]>>,
): Promise<void> {
  for (const [lane, folds] of foldsOf(tapes))
    await state.write({
      kind: 'put',
      table: 'market-data',
      ...laneKey(lane, 'build-candles'),
      value: { lastSequence: '1', state: { sessionId: 's', ...encodeFolds(folds) } },
      condition: { kind: 'none' },
    });
}

function foldsOf(tapes: Readonly<Record<string, readonly Print[]>>) {
  return [...Map.groupBy(Object.keys(tapes), laneOf)].map(([lane, instrumentIds]) => {
    return [lane, instrumentIds.map((id) => foldPrints(id, tapes[id]!))] as const;
  });
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
