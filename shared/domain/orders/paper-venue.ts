/**
 * The paper venue of one lane: commands and the tape lie in one order there, and meet in the matching core. A trade counts for what was
 * there before it: what is repeated, late or of long ago fills nothing. Changed in place; written-venue.ts has the form in which it
 * is stored.
 */
import type { PaperModel } from '../accounts/paper-model.ts';
import type { Decimal } from '../decimal.ts';
import { isDoubtfulBook } from '../market-data/book/book-quality.ts';
import type { BestLevel } from '../market-data/book/microstructure.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import type { MarketStep, TradeStep } from './market-step.ts';
import { matchAll, type Circumstances } from './match-all.ts';
import type { Settled, VenueOrders } from './orders-under-way.ts';
import type { OrderIdentity } from './working-order.ts';
import { writtenReport, type WrittenReport } from './written-report.ts';

export interface PaperVenue {
  /** What works, by instrument and in order of arrival; without those of which nothing does. */
  readonly orders: Map<InstrumentId, VenueOrders>;
  /** Of the account of each order that works. */
  readonly papers: Map<string, PaperModel>;
  /** What fills of this lane have left with each holder, signed; without those that hold nothing. */
  readonly positions: Map<string, Decimal>;
  /**
   * Client ids of orders that have ended, oldest first, with the time of their end or until which they could be taken: one that
   * comes again is known. Behind that it is taken no more, and whoever keeps the venue's reports has its end.
   */
  readonly recentOrders: Record<string, number>;
  /**
   * The latest trade of each instrument by (time, id): what is repeated, late or history fills nothing, and a venue whose
   * ids begin anew goes on.
   */
  readonly lastTrades: Record<InstrumentId, LastTrade>;
  /** When the last quote was that orders met. */
  readonly lastQuotes: Record<InstrumentId, number>;
  /** No trade of the lane before this time will follow, as its heartbeats say. Left out before the first. */
  watermarkMs?: number;
}

/** `null`: of a record from before times were kept. */
export type LastTrade = readonly [timeMs: number | null, tradeId: number];

/** The best of a book; null: nobody offers. */
export interface VenueQuote {
  readonly instrumentId: InstrumentId;
  readonly timeMs: number;
  readonly bid: BestLevel | null;
  readonly ask: BestLevel | null;
  readonly quality: number;
}

const MAX_RECENT_ORDERS = 1000;
/** Heartbeats prove that no trade from before will follow; an hour covers a venue that does not keep to it. */
const REMEMBERED_AFTER_END_MS = 3_600_000;

export function openPaperVenue(): PaperVenue {
  return {
    orders: new Map(),
    papers: new Map(),
    positions: new Map(),
    recentOrders: {},
    lastTrades: {},
    lastQuotes: {},
  };
}

/** Shows a trade to what works of its instrument. Nearly always that is nothing, which costs one look. */
export function matchTrade(venue: PaperVenue, trade: Trade, told: WrittenReport[]): void {
  const { instrumentId, timeMs, tradeId } = trade;
  if (!isBehind(venue.lastTrades[instrumentId], trade)) return;
  venue.lastTrades[instrumentId] = [timeMs, tradeId];
  const orders = venue.orders.get(instrumentId);
  if (orders !== undefined) meet(venue, instrumentId, orders, stepOf(trade), told);
}

/** A trade whose time is not believed fills nothing: it would be ahead of all that follow. */
function isBehind(last: LastTrade | undefined, { timeMs, tradeId, quality = UNFLAGGED }: Trade): boolean {
  if (quality !== UNFLAGGED && isFlagged(quality, 'future-time')) return false;
  if (last === undefined) return true;
  const [lastMs, lastId] = last;
  return lastMs === null || timeMs === lastMs ? tradeId > lastId : timeMs > lastMs;
}

function stepOf({ timeMs, price, quantity, takerSide, tradeId, quality = UNFLAGGED }: Trade): TradeStep {
  return { kind: 'trade', timeMs, price, quantity, takerSide, tradeId, quality };
}

/** Shows the best of a book. One that is in doubt or has one side alone is nothing to trade against. */
export function matchQuote(venue: PaperVenue, quote: VenueQuote, told: WrittenReport[]): void {
  const { instrumentId, timeMs, bid, ask, quality } = quote;
  const orders = venue.orders.get(instrumentId);
  if (orders === undefined || bid === null || ask === null) return;
  if (isDoubtfulBook(quality) || isFlagged(quality, 'future-time')) return;
  if (timeMs <= (venue.lastQuotes[instrumentId] ?? -1)) return;
  venue.lastQuotes[instrumentId] = timeMs;
  const step: MarketStep = {
    kind: 'quote',
    timeMs,
    bidPrice: bid.price,
    bidQuantity: bid.quantity,
    askPrice: ask.price,
    askQuantity: ask.quantity,
    quality,
  };
  meet(venue, instrumentId, orders, step, told);
}

/** A heartbeat: times in force end by it where nobody trades. */
export function passTime(venue: PaperVenue, watermarkMs: number, told: WrittenReport[]): void {
  if (watermarkMs <= (venue.watermarkMs ?? -1)) return;
  venue.watermarkMs = watermarkMs;
  for (const [instrumentId, orders] of [...venue.orders])
    meet(venue, instrumentId, orders, { kind: 'watermark', timeMs: watermarkMs }, told);
}

function meet(
  venue: PaperVenue,
  instrumentId: InstrumentId,
  orders: VenueOrders,
  step: MarketStep,
  told: WrittenReport[],
): void {
  const settled = matchAll(orders, step, circumstancesOf(venue));
  // Nearly always it concerns none of them.
  if (settled.orders !== orders) settle(venue, instrumentId, identitiesOf(orders), settled, told);
}

export function circumstancesOf({ papers, positions }: PaperVenue): Circumstances {
  return {
    paperOf: ({ clientOrderId }) => papers.get(clientOrderId)!,
    positionOf: (order) => positions.get(holderOf(order)) ?? 0n,
  };
}

/** Whose position in what. */
export function holderOf({
  accountId,
  strategyId,
  instrumentId,
}: Omit<OrderIdentity, 'clientOrderId'>): string {
  return `${accountId}/${strategyId}/${instrumentId}`;
}

export function identitiesOf(orders: VenueOrders): readonly OrderIdentity[] {
  return orders.map(({ order }) => order);
}

/**
 * Keeps what a step or a command has left of the orders of an instrument, and tells what is to be told of it.
 * @param known whatever may be told of: what worked before, and what has come
 */
export function settle(
  venue: PaperVenue,
  instrumentId: InstrumentId,
  known: readonly OrderIdentity[],
  { orders, reports }: Settled,
  told: WrittenReport[],
): void {
  if (orders.length > 0) venue.orders.set(instrumentId, orders);
  else venue.orders.delete(instrumentId);
  if (reports.length === 0) return;
  const asked = new Map(known.map((order) => [order.clientOrderId, order]));
  const works = new Set(orders.map(({ order }) => order.clientOrderId));
  for (const report of reports) {
    const { clientOrderId, timeMs } = report;
    const order = asked.get(clientOrderId)!;
    told.push(writtenReport(order, report));
    if (report.kind === 'filled')
      book(venue, holderOf(order), report.side === 'BUY' ? report.quantity : -report.quantity);
    if (report.number > 0 && !works.has(clientOrderId)) remember(venue, clientOrderId, timeMs);
  }
}

function book({ positions }: PaperVenue, holder: string, change: Decimal): void {
  const position = (positions.get(holder) ?? 0n) + change;
  if (position === 0n) positions.delete(holder);
  else positions.set(holder, position);
}

/** An order has ended. */
export function remember(venue: PaperVenue, clientOrderId: string, untilMs: number): void {
  const { papers, recentOrders, watermarkMs = -1 } = venue;
  papers.delete(clientOrderId);
  const before = recentOrders[clientOrderId];
  if (before !== undefined) Reflect.deleteProperty(recentOrders, clientOrderId);
  recentOrders[clientOrderId] = Math.max(untilMs, before ?? 0);
  forgetOldest(recentOrders, watermarkMs - REMEMBERED_AFTER_END_MS);
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
