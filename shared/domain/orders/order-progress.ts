/** What a report of the venue makes of an order as it is kept. Pure; nothing is taken for granted about who sent it. */
import { decimal, divide, formatDecimal, multiply } from '../decimal.ts';
import { isEndState, transition, type OrderEvent } from './order-status.ts';
import type { Fill, OrderStatus } from './order.ts';
import type { WrittenReport } from './written-report.ts';
import type { WrittenTerms } from './written-terms.ts';

/** What is kept of an order beside what was asked for. */
export interface OrderProgress {
  readonly status: OrderStatus;
  /** Why it was denied or rejected, or ended otherwise than filled. */
  readonly statusReason: string | null;
  readonly filledQuantity: string;
  readonly averagePrice: string | null;
  /** Of its fills together. Left out while one fill or none says the same. */
  readonly filledNotional?: string | undefined;
  /** The number of the last report that was heard. Left out: none was. */
  readonly reports?: number | undefined;
}

/** The order as it was asked for, without what has become of it. */
export function askedOf<O extends OrderProgress>(order: O): Omit<O, keyof OrderProgress> {
  const {
    status: _,
    statusReason: __,
    filledQuantity: ___,
    averagePrice: ____,
    filledNotional: _____,
    reports: ______,
    ...asked
  } = order;
  return asked;
}

export type OrderEnd =
  | { readonly kind: 'filled'; readonly atMs: number }
  /** Otherwise than filled, though it may have filled in part. */
  | { readonly kind: 'failed'; readonly atMs: number; readonly reason: string };

export type Hearing =
  | {
      readonly kind: 'heard';
      /** With the terms where the venue has changed them. */
      readonly change: OrderProgress & Partial<WrittenTerms>;
      /** To be booked. */
      readonly fill: Fill | null;
      /** How it ended just now; null: it works on, or was over already. */
      readonly end: OrderEnd | null;
      /** It filled when it was over already: somebody must look at that. */
      readonly isLate: boolean;
    }
  /** No order comes to this from where it is: a bug, or a foreign report. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** @param report the next one of this order */
export function hear(order: OrderProgress, report: WrittenReport): Hearing {
  const event = eventOf(report);
  const hasFilled = order.filledQuantity !== '0';
  const after = event === null ? null : transition(order.status, event, hasFilled);
  if (after?.kind === 'impossible')
    return { kind: 'impossible', reason: `an order that is ${order.status} cannot be ${report.kind}` };
  const status = after?.kind === 'moved' ? after.status : order.status;
  const isOver = isEndState(order.status);
  const fill = report.kind === 'filled' ? report.fill : null;
  return {
    kind: 'heard',
    change: {
      status,
      statusReason: reasonAfter(order, report, status),
      ...filledAfter(order, fill),
      ...(report.kind === 'replaced' && !isOver ? report.terms : {}),
      ...reportsAfter(order, report),
    },
    fill,
    end: isOver || !isEndState(status) ? null : endBy(report),
    isLate: fill !== null && isOver,
  };
}

function endBy(report: WrittenReport): OrderEnd {
  const { timeMs: atMs } = report;
  return 'reason' in report ? { kind: 'failed', atMs, reason: report.reason } : { kind: 'filled', atMs };
}

/** null: it changes no status. */
function eventOf(report: WrittenReport): OrderEvent | null {
  if (report.kind === 'triggered') return null;
  if (report.kind === 'filled') return report.leavesQuantity === '0' ? 'filled' : 'partially-filled';
  return report.kind;
}

/** That the venue once gave no answer is over when it gives one. An end keeps the reason that it was told with. */
function reasonAfter(order: OrderProgress, report: WrittenReport, status: OrderStatus): string | null {
  if (isEndState(order.status)) return order.statusReason;
  if (isEndState(status) && 'reason' in report) return report.reason;
  return null;
}

type Filled = Pick<OrderProgress, 'filledQuantity' | 'averagePrice' | 'filledNotional'>;

function filledAfter(order: OrderProgress, fill: Fill | null): Filled {
  const { filledQuantity, averagePrice, filledNotional } = order;
  if (fill === null) {
    return { filledQuantity, averagePrice, ...(filledNotional === undefined ? {} : { filledNotional }) };
  }
  if (averagePrice === null) return { filledQuantity: fill.quantity, averagePrice: fill.price };
  const before = decimal(filledQuantity);
  const quantity = before + decimal(fill.quantity);
  // Of one fill it is what the fill itself had.
  const notionalBefore =
    filledNotional === undefined ? multiply(decimal(averagePrice), before) : decimal(filledNotional);
  const notional = notionalBefore + decimal(fill.notional);
  return {
    filledQuantity: formatDecimal(quantity),
    averagePrice: formatDecimal(divide(notional, quantity)),
    filledNotional: formatDecimal(notional),
  };
}

/** An answer to a request that found no such order has no place among its reports. */
function reportsAfter({ reports }: OrderProgress, { number }: WrittenReport): Pick<OrderProgress, 'reports'> {
  if (number > 0) return { reports: number };
  return reports === undefined ? {} : { reports };
}
