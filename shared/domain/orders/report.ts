/** What a venue tells of an order. Reports of an order are numbered without a gap, so that a later one can wait for an earlier. */
import { formatDecimal, type Decimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { flagsIn } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { Execution } from './execution.ts';
import type { Fill } from './order.ts';
import type { OrderTerms } from './terms.ts';
import { identityOf, type OrderIdentity } from './working-order.ts';

export interface Accepted {
  readonly kind: 'accepted';
}
export interface Triggered {
  readonly kind: 'triggered';
  /** The price that triggered it. */
  readonly price: Decimal;
}
export interface Filled extends Execution {
  readonly kind: 'filled';
  readonly side: Side;
  /** Of its fills, counted from 0. */
  readonly fillNumber: number;
  /** What is still to be filled; of an order by amount: at this price. */
  readonly leavesQuantity: Decimal;
  readonly liquidity: 'maker' | 'taker';
  /** The print that it met; '' where there was none. */
  readonly tradeId: string | number;
  /** Bits of the flags of the order and of what it met. */
  readonly quality: number;
}
export interface Replaced {
  readonly kind: 'replaced';
  readonly terms: OrderTerms;
}
/** `rejected`: it was never in the market. The others ended it there, or refused to change it. */
export interface Ended {
  readonly kind: 'canceled' | 'rejected' | 'expired' | 'cancel-rejected' | 'replace-rejected';
  readonly reason: string;
}

export type ReportBody = Accepted | Triggered | Filled | Replaced | Ended;

export interface ReportHead {
  readonly clientOrderId: string;
  /** From 1 on. */
  readonly number: number;
  readonly timeMs: number;
}

export type OrderReport = ReportHead & ReportBody;
export type FilledReport = ReportHead & Filled;

/** The same report has the same id, however often it is made. It is made at the edge: a hash costs more than a match. */
export function reportIdOf({ clientOrderId, number }: ReportHead): string {
  return deterministicId('report', clientOrderId, number);
}

/** A fill as it is stored and published. */
export function fillOf(order: OrderIdentity, report: FilledReport): Fill {
  const tradeId = String(report.tradeId);
  return {
    fillId: deterministicId('fill', order.clientOrderId, tradeId, report.timeMs, report.fillNumber),
    ...identityOf(order),
    side: report.side,
    price: formatDecimal(report.price),
    quantity: formatDecimal(report.quantity),
    notional: formatDecimal(report.notional),
    fee: formatDecimal(report.fee),
    cashChange: formatDecimal(report.cashChange),
    tradeId,
    timeMs: report.timeMs,
    ...flagsIn(report.quality),
  };
}
