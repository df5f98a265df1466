/** What the venue told of an order. Version 1 was the event by which it told of the end: there was no other report. */
import type { WrittenReport } from '../domain/orders/written-report.ts';
import type { Fill } from '../domain/orders/order.ts';
import { identityOf } from '../domain/orders/working-order.ts';
import { asItLies, type Stored, type Versions } from './versioned.ts';

type EventOfEnd =
  | { readonly detailType: 'OrderFilledV1'; readonly detail: { readonly fill: Fill } }
  | {
      readonly detailType: 'OrderRejectedV1' | 'OrderExpiredV1';
      readonly detail: {
        readonly clientOrderId: string;
        readonly strategyId: string;
        readonly reason: string;
        readonly timeMs: number;
      };
    };

/** Of an order that did not fill it was not told whose it is: whoever reads it has the order beside it. */
export type StoredReport = WrittenReport | UnaddressedReport;
interface UnaddressedReport {
  readonly kind: 'rejected' | 'expired';
  readonly clientOrderId: string;
  readonly strategyId: string;
  readonly number: number;
  readonly timeMs: number;
  readonly reason: string;
}

function fromEvent(stored: Stored): StoredReport {
  const event = stored as unknown as EventOfEnd;
  if (event.detailType === 'OrderFilledV1') {
    const { fill } = event.detail;
    const head = { ...identityOf(fill), number: 1, timeMs: fill.timeMs };
    return { ...head, kind: 'filled', fill, leavesQuantity: '0', liquidity: 'taker' };
  }
  return {
    ...event.detail,
    number: 1,
    kind: event.detailType === 'OrderRejectedV1' ? 'rejected' : 'expired',
  };
}

export const ORDER_REPORT: Versions = { writes: 2, reads: { 0: fromEvent, 1: fromEvent, 2: asItLies } };
