import { flaggedWith, isFlagged, qualityOf, UNFLAGGED } from './quality-flags.ts';
import { isRegression, observeTrade, type Observation, type SeenTrades } from './seen-trades.ts';
import type { Trade } from './trade.ts';

const RESET = qualityOf('reset');
const ID_REGRESSION = qualityOf('id-regression');

/** As `observeTrade`. A time ahead of the venue's own clock is not believed: its id goes on, time does not. */
export function observeTold(seen: SeenTrades, { tradeId, timeMs, quality = UNFLAGGED }: Trade): Observation {
  const isAhead = quality !== UNFLAGGED && isFlagged(quality, 'future-time');
  return observeTrade(seen, tradeId, isAhead ? (seen.newestMs ?? -1) : timeMs);
}

/** With what its id says against it, by what had been seen when it was observed; of an undecided one, should it be new. */
export function flaggedByIds<One extends Trade>(seen: SeenTrades, trade: One, observation: Observation): One {
  if (observation === 'reset') return flaggedWith(trade, RESET);
  const goesBack = observation === 'undecided' && isRegression(seen, trade.tradeId, trade.timeMs);
  return goesBack ? flaggedWith(trade, ID_REGRESSION) : trade;
}
