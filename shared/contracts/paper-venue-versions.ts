/** What match-orders keeps of a lane. */
import { writePaperModel } from '../domain/accounts/written-paper-model.ts';
import { qualityOf, UNFLAGGED } from '../domain/market-data/quality-flags.ts';
import { paperModelOf } from '../domain/orders/market-fill.ts';
import type { Order } from '../domain/orders/order.ts';
import type { WrittenHolder, WrittenWorkingOrder } from '../domain/orders/written-venue.ts';
import { termsOf, writtenTerms } from '../domain/orders/written-terms.ts';
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
  readonly state: {
    readonly openOrders: readonly Order[];
    readonly recentOrders: Readonly<Record<string, number>>;
  };
}

/** There were market orders alone, and nothing had been told of those that waited. What holders had is not known. */
function withOrders(stored: Stored): Stored {
  const { openOrders, recentOrders, ...state } = (stored as unknown as Version2).state;
  const holders: WrittenHolder[] = [];
  const papers: unknown[] = [];
  const working = openOrders.map((order) => ({
    instrumentId: order.instrumentId,
    written: {
      clientOrderId: order.clientOrderId,
      holder: placeOf(holders, [order.accountId, order.strategyId]),
      paper: placeOf(papers, writePaperModel(paperModelOf(order))),
      terms: writtenTerms(termsOf(order)),
      effectiveTimeMs: order.effectiveTimeMs,
      ...qualityField(order),
    } satisfies WrittenWorkingOrder,
  }));
  const byInstrument = Map.groupBy(working, ({ instrumentId }) => instrumentId);
  const orders = Object.fromEntries(
    [...byInstrument].map(([id, ofIt]) => [id, ofIt.map(({ written }) => written)]),
  );
  return {
    ...stored,
    state: { orders, holders, papers, positions: {}, recentOrders, lastQuotes: {}, ...state },
  };
}

function qualityField({ flags = [] }: Order): { readonly quality?: number } {
  const quality = qualityOf(...flags);
  return quality === UNFLAGGED ? {} : { quality };
}

/** Each thing stands once. */
function placeOf<Thing>(things: Thing[], thing: Thing): number {
  const text = JSON.stringify(thing);
  const place = things.findIndex((known) => JSON.stringify(known) === text);
  return place < 0 ? things.push(thing) - 1 : place;
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
