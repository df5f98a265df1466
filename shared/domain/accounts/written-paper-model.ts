/** The paper model of an account as it is stored, and travels with an order to its venue: decimal texts. */
import { decimal, formatDecimal } from '../decimal.ts';
import type { FillModel, LatencyModel, PaperModel } from './paper-model.ts';

export interface WrittenPaperModel {
  readonly makerFee: string;
  readonly takerFee: string;
  readonly slippage:
    | { readonly kind: 'fixed'; readonly fraction: string }
    | { readonly kind: 'volume-share'; readonly impact: string };
  readonly latency: LatencyModel;
  readonly fill: Omit<FillModel, 'volumeCap'> & { readonly volumeCap: string | null };
}

export function readPaperModel({
  makerFee,
  takerFee,
  slippage,
  latency,
  fill,
}: WrittenPaperModel): PaperModel {
  return {
    makerFee: decimal(makerFee),
    takerFee: decimal(takerFee),
    slippage:
      slippage.kind === 'fixed'
        ? { kind: 'fixed', fraction: decimal(slippage.fraction) }
        : { kind: 'volume-share', impact: decimal(slippage.impact) },
    latency,
    fill: { ...fill, volumeCap: fill.volumeCap === null ? null : decimal(fill.volumeCap) },
  };
}

export function writePaperModel({
  makerFee,
  takerFee,
  slippage,
  latency,
  fill,
}: PaperModel): WrittenPaperModel {
  return {
    makerFee: formatDecimal(makerFee),
    takerFee: formatDecimal(takerFee),
    slippage:
      slippage.kind === 'fixed'
        ? { kind: 'fixed', fraction: formatDecimal(slippage.fraction) }
        : { kind: 'volume-share', impact: formatDecimal(slippage.impact) },
    latency,
    fill: { ...fill, volumeCap: fill.volumeCap === null ? null : formatDecimal(fill.volumeCap) },
  };
}
