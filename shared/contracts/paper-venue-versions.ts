/** What match-orders keeps of a lane. */
import { asItLies, type Stored, type Versions } from './versioned.ts';

/** Of orders that were taken before their ends were written beside them: they are kept until the bound. */
const NO_END_KNOWN = 8.64e15;

interface Version0 {
  readonly state: { readonly recentOrderIds: readonly string[] };
}

function withEnds(stored: Stored): unknown {
  const { recentOrderIds, ...state } = (stored as unknown as Version0).state;
  const recentOrders = Object.fromEntries(recentOrderIds.map((id) => [id, NO_END_KNOWN]));
  return { ...stored, state: { ...state, recentOrders } };
}

export const PAPER_VENUE: Versions = { writes: 1, reads: { 0: withEnds, 1: asItLies } };
