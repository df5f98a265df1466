/**
 * The paper venue of one lane: market orders meet the tape. An order fills at the first trade of its instrument
 * at or after its effective time that comes behind it in the lane; nothing that was printed before can fill it.
 * The state is plain JSON, changed in place.
 */
import type { InstrumentId } from '../market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { meetMarketOrder } from './market-fill.ts';
import type { TradeStep } from './market-step.ts';
import type { Fill, Order } from './order.ts';

export interface PaperVenue {
  /** Waiting for a trade, in order of arrival. */
  readonly openOrders: Order[];
  /**
   * Client ids of the orders taken, oldest first, with the time until which each may fill: one that comes again is
   * known while it could. Behind that an order only ever expires, and whoever keeps the venue's reports has its end.
   */
  readonly recentOrders: Record<string, number>;
  /**
   * The latest trade of each instrument by (time, id): what is repeated, late or history fills nothing, and a venue whose
   * ids begin anew goes on.
   */
  readonly lastTrades: Record<InstrumentId, LastTrade>;
  /** No trade of the lane before this time will follow, as its heartbeats say. Left out before the first. */
  watermarkMs?: number;
}

/** `null`: of a record from before times were kept. */
export type LastTrade = readonly [timeMs: number | null, tradeId: number];

export type VenueReport =
  | { readonly kind: 'filled'; readonly fill: Fill }
  | {
      readonly kind: 'rejected' | 'expired';
      readonly order: Order;
      readonly reason: string;
      readonly timeMs: number;
    };

export const MAX_OPEN_ORDERS = 200;
const MAX_RECENT_ORDERS = 1000;
/** Heartbeats prove that no trade from before will follow; an hour covers a venue that does not keep to it. */
const REMEMBERED_AFTER_END_MS = 3_600_000;

export function openPaperVenue(): PaperVenue {
  return { openOrders: [], recentOrders: {}, lastTrades: {} };
}

/** Takes an order into the book. Taking it twice is taking it once. */
export function takeOrder(venue: PaperVenue, order: Order): VenueReport | null {
  if (!isFirstHeardOf(venue, order)) return null;
  if (venue.openOrders.length >= MAX_OPEN_ORDERS) {
    return {
      kind: 'rejected',
      order,
      reason: `over ${MAX_OPEN_ORDERS} open orders`,
      timeMs: order.effectiveTimeMs,
    };
  }
  venue.openOrders.push(order);
  return null;
}

/**
 * Ends an order of which nobody knows whether it was ever sent: one that waits fills no more, one that never came is
 * refused should it still come, and one that has ended has told so.
 */
export function withdrawOrder(venue: PaperVenue, order: Order, reason: string): VenueReport | null {
  const at = venue.openOrders.findIndex(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  if (at >= 0) venue.openOrders.splice(at, 1);
  else if (!isFirstHeardOf(venue, order)) return null;
  return { kind: 'expired', order, reason: `withdrawn: ${reason}`, timeMs: order.expiresAtMs };
}

function isFirstHeardOf({ recentOrders, watermarkMs = -1 }: PaperVenue, order: Order): boolean {
  const { clientOrderId, expiresAtMs } = order;
  if (Object.hasOwn(recentOrders, clientOrderId)) return false;
  recentOrders[clientOrderId] = expiresAtMs;
  forgetOldest(recentOrders, watermarkMs - REMEMBERED_AFTER_END_MS);
  return true;
}

/** Those in front that can fill no more, and one past the bound: as a rule none or one. */
function forgetOldest(recentOrders: Record<string, number>, endedBeforeMs: number): void {
  const ids = Object.keys(recentOrders);
  let excess = ids.length - MAX_RECENT_ORDERS;
  for (const id of ids) {
    if (excess-- <= 0 && recentOrders[id]! >= endedBeforeMs) return;
    Reflect.deleteProperty(recentOrders, id);
  }
}

/** Shows a trade to the waiting orders. Nearly always there is none, which costs one look. */
export function matchTrade(venue: PaperVenue, trade: Trade, reports: VenueReport[]): void {
  const { instrumentId, timeMs, tradeId } = trade;
  if (!isBehind(venue.lastTrades[instrumentId], trade)) return;
  venue.lastTrades[instrumentId] = [timeMs, tradeId];
  if (venue.openOrders.length === 0) return;
  const step = stepOf(trade);
  for (let i = 0; i < venue.openOrders.length;) {
    const report = meet(venue.openOrders[i]!, instrumentId, step);
    if (report === null) i++;
    else {
      venue.openOrders.splice(i, 1);
      reports.push(report);
    }
  }
}

/** A trade whose time is not believed fills nothing: it would be ahead of all that follow. */
function isBehind(last: LastTrade | undefined, { timeMs, tradeId, quality = UNFLAGGED }: Trade): boolean {
  if (quality !== UNFLAGGED && isFlagged(quality, 'future-time')) return false;
  if (last === undefined) return true;
  const [lastMs, lastId] = last;
  return lastMs === null || timeMs === lastMs ? tradeId > lastId : timeMs > lastMs;
}

/**
 * A heartbeat: in a market that falls silent no trade would show that an order has expired.
 *
 * It counts by the heartbeat before this one. What this one closes is decided upon elsewhere at the same time, and a
 * decision must not depend on whether the end of an order was heard of first. A candle of up to a minute that is still
 * open closes before an order expires that was made behind its last trade, so by then everything has been decided.
 */
export function passTime(venue: PaperVenue, watermarkMs: number, reports: VenueReport[]): void {
  const provenMs = venue.watermarkMs ?? -1;
  if (watermarkMs <= provenMs) return;
  venue.watermarkMs = watermarkMs;
  for (let i = 0; i < venue.openOrders.length;) {
    const order = venue.openOrders[i]!;
    if (order.expiresAtMs >= provenMs) i++;
    else {
      venue.openOrders.splice(i, 1);
      reports.push(expired(order));
    }
  }
}

function expired(order: Order): VenueReport {
  return { kind: 'expired', order, reason: 'no trade before it expired', timeMs: order.expiresAtMs };
}

function stepOf({ timeMs, price, quantity, takerSide, tradeId, quality = UNFLAGGED }: Trade): TradeStep {
  return { kind: 'trade', timeMs, price, quantity, takerSide, tradeId, quality };
}

function meet(order: Order, instrumentId: InstrumentId, step: TradeStep): VenueReport | null {
  if (order.instrumentId !== instrumentId || step.timeMs < order.effectiveTimeMs) return null;
  if (step.timeMs > order.expiresAtMs) return expired(order);
  const outcome = meetMarketOrder(order, step);
  if (outcome === null || outcome.kind === 'filled') return outcome;
  return { kind: 'rejected', order, reason: outcome.reason, timeMs: step.timeMs };
}
