import { decimal } from '../decimal.ts';
import type { StrategyInstance } from '../strategies/strategy.ts';
import type { Account } from './account.ts';
import { NO_LATENCY, type PaperModel } from './paper-model.ts';

/**
 * How the orders of an instance fare: by its account's model, but for what it states itself. A fee of its own is that of makers and
 * takers alike. With a latency of its own its orders have their effective time from it, so that the venue adds none.
 */
export function instancePaperModel(
  { paper }: Pick<Account, 'paper'>,
  { feeRate, slippage, latencyMs, byAccount = [] }: InstanceTerms,
): PaperModel {
  const ownFee = byAccount.includes('feeRate') ? null : decimal(feeRate);
  return {
    makerFee: ownFee ?? paper.makerFee,
    takerFee: ownFee ?? paper.takerFee,
    slippage: byAccount.includes('slippage')
      ? paper.slippage
      : { kind: 'fixed', fraction: decimal(slippage) },
    latency: latencyMs === null ? paper.latency : NO_LATENCY,
    fill: paper.fill,
  };
}

type InstanceTerms = Pick<StrategyInstance, 'feeRate' | 'slippage' | 'latencyMs' | 'byAccount'>;

/** What an instance has where it states nothing: figures of its account, to be shown and to be traded by until orders carry a model. */
export function termsOfAccount({ paper }: Pick<Account, 'paper'>): {
  readonly feeRate: PaperModel['takerFee'];
  readonly slippage: PaperModel['takerFee'];
} {
  // A share of the volume is no fraction of a price: of such a model an instance has none to show.
  return {
    feeRate: paper.takerFee,
    slippage: paper.slippage.kind === 'fixed' ? paper.slippage.fraction : 0n,
  };
}
