/** What match-orders keeps of a lane. */
import { alone } from '../domain/orders/command.ts';
import { paperModelOf, workingOrderOf } from '../domain/orders/market-fill.ts';
import type { Order } from '../domain/orders/order.ts';
import { openPaperVenue } from '../domain/orders/paper-venue.ts';
import { writeVenue, type WrittenVenue } from '../domain/orders/written-venue.ts';
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
function withTimes(stored: Stored): Stored {
  const { lastTradeIds, ...state } = (stored as unknown as Version1).state;
  const lastTrades = Object.fromEntries(Object.entries(lastTradeIds).map(([id, last]) => [id, [null, last]]));
  return { ...stored, state: { ...state, lastTrades } };
}

interface Version2 {
  readonly state: Omit<WrittenVenue, 'orders' | 'holders' | 'papers' | 'positions' | 'lastQuotes'> & {
    readonly openOrders: readonly Order[];
  };
}

/** There were market orders alone, and nothing had been told of those that waited. What holders had is not known. */
function withOrders(stored: Stored): Stored {
  const { openOrders, ...rest } = (stored as unknown as Version2).state;
  const venue = openPaperVenue();
  for (const order of openOrders) {
    const before = venue.orders.get(order.instrumentId) ?? [];
    venue.orders.set(order.instrumentId, [...before, alone(workingOrderOf(order))]);
    venue.papers.set(order.clientOrderId, paperModelOf(order));
  }
  return { ...stored, state: { ...writeVenue(venue), ...rest } };
}

export const PAPER_VENUE: Versions = {
  writes: 3,
  reads: {
    0: (stored) => withOrders(withTimes(withEnds(stored))),
    1: (stored) => withOrders(withTimes(stored)),
    2: withOrders,
    3: asItLies,
  },
};
