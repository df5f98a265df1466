import type { MarketRecord } from '../shared/contracts/records.ts';
import { MARKET_KEY } from '../shared/contracts/record-keys.ts';
import type { Market } from '../shared/domain/market-data/market.ts';
import { ConditionFailed, conditionOn, type StateStore } from '../shared/ports/state-store.ts';

/** The stage's stores hold another market than the one that is to be collected. The message is one line. */
export class StageOfOtherMarket extends Error {
  override readonly name = 'StageOfOtherMarket';
}

/**
 * Makes a stage one of this market for good, as its first collector does: trades of two markets in its stores would
 * count as each other's, since venues keep their names.
 * @throws StageOfOtherMarket
 */
export async function claimStage(state: StateStore, market: Market): Promise<void> {
  const owner = (await ownerOf(state)) ?? (await claim(state, market));
  if (owner === market) return;
  throw new StageOfOtherMarket(
    `the stage is of the ${owner} market, and these endpoints are of the ${market} one: expected a stage of its own for each market`,
  );
}

async function ownerOf(state: StateStore): Promise<Market | null> {
  return (await state.get<MarketRecord>('operations', MARKET_KEY))?.value.market ?? null;
}

async function claim(state: StateStore, market: Market): Promise<Market> {
  const value: MarketRecord = { market };
  try {
    await state.write({
      kind: 'put',
      table: 'operations',
      ...MARKET_KEY,
      value,
      condition: conditionOn(null),
    });
    return market;
  } catch (error) {
    // Another collector of the stage was first.
    const owner = error instanceof ConditionFailed ? await ownerOf(state) : null;
    if (owner === null) throw error;
    return owner;
  }
}
