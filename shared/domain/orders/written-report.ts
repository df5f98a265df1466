/** What a venue tells of an order, as it is stored and travels: decimal texts, and whose order it is. */
import { formatDecimal } from '../decimal.ts';
import type { Fill } from './order.ts';
import { fillOf, type Ended, type Filled, type OrderReport } from './report.ts';
import { identityOf, type OrderIdentity } from './working-order.ts';
import { writtenTerms, type WrittenTerms } from './written-terms.ts';

export interface WrittenReportHead extends OrderIdentity {
  /** Of the reports of its order, from 1 on without a gap. 0: it answers a request for an order that does not work. */
  readonly number: number;
  readonly timeMs: number;
}

export type WrittenReportBody =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'triggered'; readonly price: string }
  | {
      readonly kind: 'filled';
      readonly fill: Fill;
      /** What is still to be filled; '0': it is filled whole. */
      readonly leavesQuantity: string;
      readonly liquidity: Filled['liquidity'];
    }
  | { readonly kind: 'replaced'; readonly terms: WrittenTerms }
  | { readonly kind: Ended['kind']; readonly reason: string };

export type WrittenReport = WrittenReportHead & WrittenReportBody;

export function writtenReport(order: OrderIdentity, report: OrderReport): WrittenReport {
  const { number, timeMs } = report;
  return { ...identityOf(order), number, timeMs, ...writtenBody(order, report) };
}

function writtenBody(order: OrderIdentity, report: OrderReport): WrittenReportBody {
  switch (report.kind) {
    case 'accepted':
      return { kind: report.kind };
    case 'triggered':
      return { kind: report.kind, price: formatDecimal(report.price) };
    case 'filled': {
      const { kind, leavesQuantity, liquidity } = report;
      return { kind, fill: fillOf(order, report), leavesQuantity: formatDecimal(leavesQuantity), liquidity };
    }
    case 'replaced':
      return { kind: report.kind, terms: writtenTerms(report.terms) };
    default:
      return { kind: report.kind, reason: report.reason };
  }
}
