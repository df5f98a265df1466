import { canonicalJson } from '../canonical-json.ts';
import { decimal } from '../decimal.ts';
import { paperModelOf } from '../orders/market-fill.ts';
import type { StrategyInstance } from '../strategies/strategy.ts';
import type { Account } from './account.ts';
import { NO_LATENCY, type PaperModel } from './paper-model.ts';
import { writePaperModel, type WrittenPaperModel } from './written-paper-model.ts';

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

/**
 * The same as it goes with the orders of an instance.
 * @returns undefined: its fee and its slippage say all of it, and it fills whole at the next print.
 */
export function writtenInstanceModel(
  account: Pick<Account, 'paper'>,
  instance: InstanceTerms,
): WrittenPaperModel | undefined {
  const written = writePaperModel(instancePaperModel(account, instance));
  const { feeRate, slippage } = instance;
  const said = writePaperModel(paperModelOf({ feeRate, slippage }));
  return canonicalJson({ ...written }) === canonicalJson({ ...said }) ? undefined : written;
}

type InstanceTerms = Pick<StrategyInstance, 'feeRate' | 'slippage' | 'latencyMs' | 'byAccount'>;

/** What an instance has where it states nothing: figures of its account, to be shown. */
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
