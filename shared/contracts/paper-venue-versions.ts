/** What match-orders keeps of a lane. */
import { asItLies, type Stored, type Versions } from './versioned.ts';

/** Of orders that were taken before their ends were written beside them: they are kept until the bound. */
const NO_END_KNOWN = 8.64e15;

interface Version0 {
  readonly state: { readonly recentOrderIds: readonly string[] };
}

function withEnds(stored: Stored): Stored {
  const { recentOrderIds, ...state } = (stored as unknown as Version0).state;
  const recentOrders = Object.fromEntries(recentOrderIds.map((id) => [id, NO_END_KNOWN]));
  return { ...stored, state: { ...state, recentOrders } };
}

interface Version1 {
  readonly state: { readonly lastTradeIds: Readonly<Record<string, number>> };
}

/** The time of the last trade comes with the next one. */
function withTimes(stored: Stored): unknown {
  const { lastTradeIds, ...state } = (stored as unknown as Version1).state;
  const lastTrades = Object.fromEntries(Object.entries(lastTradeIds).map(([id, last]) => [id, [null, last]]));
  return { ...stored, state: { ...state, lastTrades } };
}

export const PAPER_VENUE: Versions = {
  writes: 2,
  reads: { 0: (stored) => withTimes(withEnds(stored)), 1: withTimes, 2: asItLies },
};
