/** Between orders in the form in which they are stored, with their account's model on them, and the matching core. */
import { NO_LATENCY, PLAIN_FILL, type PaperModel } from '../accounts/paper-model.ts';
import { readPaperModel } from '../accounts/written-paper-model.ts';
import { decimal } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
import type { MarketStep } from './market-step.ts';
import { match } from './matching.ts';
import type { Fill, Order } from './order.ts';
import { fillOf } from './report.ts';
import { workingOrder, type WorkingOrder } from './working-order.ts';
import { termsOf } from './written-terms.ts';

export type FillOutcome =
  { readonly kind: 'filled'; readonly fill: Fill } | { readonly kind: 'rejected'; readonly reason: string };

/**
 * A stored market order in a step of its market. Slippage moves the price against us; a buy by amount spends at most its
 * `quoteQuantity`, fee included.
 * @param effectiveTimeMs from when on it may fill, where that is not its own time
 * @returns null: the step comes too early for it
 */
export function meetMarketOrder(
  order: Order,
  step: MarketStep,
  effectiveTimeMs: number = order.effectiveTimeMs,
): FillOutcome | null {
  const { reports } = match(workingOrderOf(order, effectiveTimeMs), step, paperModelOf(order));
  const [report] = reports;
  if (report === undefined) return null;
  if (report.kind === 'filled') return { kind: 'filled', fill: fillOf(order, report) };
  if (report.kind === 'rejected') return { kind: 'rejected', reason: report.reason };
  throw new TypeError(`a market order is not ${report.kind} by a step of its market`);
}

/** A stored order as the venue holds it. @param effectiveTimeMs from when on it may fill, where that is not its own time */
export function workingOrderOf(order: Order, effectiveTimeMs: number = order.effectiveTimeMs): WorkingOrder {
  const { flags = [] } = order;
  return workingOrder(order, termsOf(order), effectiveTimeMs, qualityOf(...flags));
}

/** As a stored order or an instance has it: where that is a fee and a slippage alone, it fills whole. */
export function paperModelOf({
  feeRate,
  slippage,
  paper,
}: Pick<Order, 'feeRate' | 'slippage' | 'paper'>): PaperModel {
  if (paper !== undefined) return readPaperModel(paper);
  const fee = decimal(feeRate);
  return {
    makerFee: fee,
    takerFee: fee,
    slippage: { kind: 'fixed', fraction: decimal(slippage) },
    latency: NO_LATENCY,
    fill: PLAIN_FILL,
  };
}
