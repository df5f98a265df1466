/**
 * All orders of one instrument in one step: who comes first, what the others leave of its volume, and which of those that belong
 * together goes on. A step shows itself to each order once; what is born within it meets what is known to come behind.
 */
import type { Decimal } from '../decimal.ts';
import type { LinkedOrder } from './command.ts';
import { cappedVolume, type CandleStep, type MarketStep } from './market-step.ts';
import { match } from './matching.ts';
import type { Matched, Room } from './meeting.ts';
import { OrdersUnderWay, type Settled, type VenueOrders } from './orders-under-way.ts';
import { inPriority } from './priority.ts';
import type { OrderReport } from './report.ts';
import type { PaperOf } from './venue-orders.ts';
import type { WorkingOrder } from './working-order.ts';

/** What orders meet beside the market. */
export interface Circumstances {
  readonly paperOf: PaperOf;
  /** What the order's strategy holds before the step, signed: it bounds reduce-only orders. */
  readonly positionOf: (order: WorkingOrder) => Decimal;
}

export function matchAll(orders: VenueOrders, step: MarketStep, given: Circumstances): Settled {
  if (orders.length === 0) return { orders, reports: [] };
  return matchWith(new Map(), orders, step, given);
}

function matchWith(
  positions: Positions,
  orders: VenueOrders,
  step: MarketStep,
  given: Circumstances,
): Settled {
  if (step.kind !== 'candle') return new Round(given, positions).meet(orders, step);
  if (step.shorter !== undefined)
    return inTurn(orders, step.shorter, (left, candle) => matchWith(positions, left, candle, given));
  // The open is known to come first: what it fills cannot be undone by what the range may have reached before.
  const round = new Round(given, positions);
  return inTurn(orders, [openOf(step), step], (left, part) => round.meet(left, part));
}

function inTurn(
  orders: VenueOrders,
  candles: readonly CandleStep[],
  meet: (orders: VenueOrders, candle: CandleStep) => Settled,
): Settled {
  let left = orders;
  const reports: OrderReport[] = [];
  for (const candle of candles) {
    const settled = meet(left, candle);
    left = settled.orders;
    reports.push(...settled.reports);
  }
  return { orders: left, reports };
}

/** Whose position an order changes. */
function holderOf({ accountId, strategyId }: WorkingOrder): string {
  return `${accountId}/${strategyId}`;
}

/** The first instant of a candle. */
function openOf({ openTimeMs, open, volume, quality }: CandleStep): CandleStep {
  const prices = { open, high: open, low: open, close: open };
  return { kind: 'candle', openTimeMs, closeTimeMs: openTimeMs + 1, ...prices, volume, quality };
}

/** By holder, as fills have left them within the step. */
type Positions = Map<string, Decimal>;

class Round {
  readonly #given: Circumstances;
  /** Of each account, what its orders have had of the step. */
  readonly #had = new Map<string, Decimal>();
  readonly #positions: Positions;
  /** Groups of which one has filled in this step: no other of them does, whatever the step may have reached. */
  readonly #filledGroups = new Set<string>();

  constructor(given: Circumstances, positions: Positions) {
    this.#given = given;
    this.#positions = positions;
  }

  meet(orders: VenueOrders, step: MarketStep): Settled {
    // Nearly always no order is concerned, and nothing is to be put in order.
    const concerned = orders.filter((linked) => this.#isConcerned(linked, step));
    if (concerned.length === 0) return { orders, reports: [] };
    const under = new OrdersUnderWay(orders);
    for (const { order } of inPriority(concerned)) {
      this.#meetOne(under, order.clientOrderId, step);
      this.#meetReleased(under, step);
    }
    return under.settled();
  }

  #isConcerned(linked: LinkedOrder, step: MarketStep): boolean {
    if (linked.isHeld) return false;
    const { order, reports } = this.#match(linked.order, step);
    return order !== linked.order || reports.length > 0;
  }

  #meetOne(under: OrdersUnderWay, clientOrderId: string, step: MarketStep): void {
    const linked = under.get(clientOrderId);
    // It has ended with another.
    if (linked === undefined) return;
    const { siblings, order } = linked;
    if (siblings !== null && this.#filledGroups.has(siblings.groupId)) return;
    const matched = this.#match(order, step);
    for (const report of matched.reports) {
      if (report.kind !== 'filled') continue;
      this.#count(order, step, report.quantity);
      if (siblings !== null) this.#filledGroups.add(siblings.groupId);
    }
    under.matched(linked, matched);
  }

  /** Exits whose entry filled within a candle meet what is known to come behind: of a trade or a quote, nothing. */
  #meetReleased(under: OrdersUnderWay, step: MarketStep): void {
    for (const { clientOrderId, entryPrice } of under.takeReleased()) {
      const order = under.get(clientOrderId)?.order;
      if (order === undefined || step.kind !== 'candle' || order.effectiveTimeMs <= step.openTimeMs) continue;
      this.#meetOne(under, clientOrderId, restOf(step, order, entryPrice));
    }
  }

  #match(order: WorkingOrder, step: MarketStep): Matched {
    return match(order, step, this.#given.paperOf(order), this.#roomOf(order, step));
  }

  #roomOf(order: WorkingOrder, step: MarketStep): Room {
    const cap = cappedVolume(tradedIn(step, order), this.#given.paperOf(order).fill.volumeCap);
    const left = cap === null ? null : cap - (this.#had.get(shareOf(order, step)) ?? 0n);
    return { volume: left !== null && left < 0n ? 0n : left, reducible: this.#reducibleOf(order) };
  }

  #reducibleOf(order: WorkingOrder): Decimal {
    if (!order.terms.reduceOnly) return 0n;
    const position = this.#positions.get(holderOf(order)) ?? this.#given.positionOf(order);
    return order.terms.side === 'SELL' ? position : -position;
  }

  #count(order: WorkingOrder, step: MarketStep, quantity: Decimal): void {
    const share = shareOf(order, step);
    this.#had.set(share, (this.#had.get(share) ?? 0n) + quantity);
    const holder = holderOf(order);
    const position = this.#positions.get(holder) ?? this.#given.positionOf(order);
    this.#positions.set(holder, order.terms.side === 'BUY' ? position + quantity : position - quantity);
  }
}

/** Orders of one account share what was traded; of a quote those who take from the same side. */
function shareOf({ accountId, terms }: WorkingOrder, step: MarketStep): string {
  return step.kind === 'quote' ? `${accountId}/${terms.side}` : accountId;
}

function tradedIn(step: MarketStep, { terms }: WorkingOrder): Decimal | null {
  if (step.kind === 'quote') return terms.side === 'BUY' ? step.askQuantity : step.bidQuantity;
  if (step.kind === 'watermark') return null;
  return step.kind === 'candle' ? step.volume : step.quantity;
}

/**
 * What is left of a candle for an exit whose entry filled at this price within it. A stop is taken to meet all of the range, which may
 * have come behind its entry; a target only the close, which must have.
 */
function restOf(candle: CandleStep, { terms }: WorkingOrder, open: Decimal): CandleStep {
  const { closeTimeMs, high, low, close, volume, quality } = candle;
  const rest = {
    kind: 'candle',
    openTimeMs: closeTimeMs - 1,
    closeTimeMs,
    open,
    close,
    volume,
    quality,
  } as const;
  if (terms.type !== 'LIMIT') return { ...rest, high, low };
  return close > open ? { ...rest, high: close, low: open } : { ...rest, high: open, low: close };
}
