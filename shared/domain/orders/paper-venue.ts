/**
 * The paper venue of one lane: market orders meet the tape. An order fills at the first trade of its instrument
 * at or after its effective time that comes behind it in the lane, however late that is; nothing that was printed before
 * can fill it. The state is plain JSON, changed in place.
 */
import type { InstrumentId } from '../market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { meetMarketOrder } from './market-fill.ts';
import type { TradeStep } from './market-step.ts';
import { reasonItIsTooLate, type Fill, type Order } from './order.ts';

export interface PaperVenue {
  /** Waiting for a trade, in order of arrival. */
  readonly openOrders: Order[];
  /**
   * Client ids of the orders taken, oldest first, with the time until which each could be taken, or at which it filled: one
   * that comes again is known. Behind that it is taken no more, and whoever keeps the venue's reports has its end.
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

/** Takes an order into the book, where it stays until it meets its trade. Taking it twice is taking it once. */
export function takeOrder(venue: PaperVenue, order: Order): VenueReport | null {
  if (!isFirstHeardOf(venue, order)) return null;
  const { watermarkMs = -1 } = venue;
  const tooLate = reasonItIsTooLate(order, watermarkMs);
  if (tooLate !== null) return { kind: 'expired', order, reason: tooLate, timeMs: order.expiresAtMs };
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

/** @returns null: the venue has not heard of it, or long ago. */
export function findOrder(
  { openOrders, recentOrders }: PaperVenue,
  clientOrderId: string,
): { readonly isOpen: boolean } | null {
  // It may have waited for longer than ids are remembered.
  const isOpen = openOrders.some((open) => open.clientOrderId === clientOrderId);
  return isOpen || Object.hasOwn(recentOrders, clientOrderId) ? { isOpen } : null;
}

function isFirstHeardOf(venue: PaperVenue, order: Order): boolean {
  const { recentOrders, watermarkMs = -1 } = venue;
  const { clientOrderId, expiresAtMs } = order;
  if (findOrder(venue, clientOrderId) !== null) return false;
  recentOrders[clientOrderId] = expiresAtMs;
  forgetOldest(recentOrders, watermarkMs - REMEMBERED_AFTER_END_MS);
  return true;
}

/** Those in front that can be taken no more, and one past the bound: as a rule none or one. */
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
      const [{ clientOrderId }] = venue.openOrders.splice(i, 1) as [Order];
      if (Object.hasOwn(venue.recentOrders, clientOrderId)) venue.recentOrders[clientOrderId] = timeMs;
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

/** A heartbeat. */
export function passTime(venue: PaperVenue, watermarkMs: number): void {
  venue.watermarkMs = Math.max(watermarkMs, venue.watermarkMs ?? -1);
}

function stepOf({ timeMs, price, quantity, takerSide, tradeId, quality = UNFLAGGED }: Trade): TradeStep {
  return { kind: 'trade', timeMs, price, quantity, takerSide, tradeId, quality };
}

function meet(order: Order, instrumentId: InstrumentId, step: TradeStep): VenueReport | null {
  if (order.instrumentId !== instrumentId || step.timeMs < order.effectiveTimeMs) return null;
  const outcome = meetMarketOrder(order, step);
  if (outcome === null || outcome.kind === 'filled') return outcome;
  return { kind: 'rejected', order, reason: outcome.reason, timeMs: step.timeMs };
}
