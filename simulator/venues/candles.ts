/** Candles of what a venue has printed, as its REST interface tells them: a sum of its own, whatever the platform makes. */
import type { PrintedTrade } from './venue-record.ts';

export interface VenueCandle {
  readonly openMs: number;
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly closeTicks: number;
  readonly steps: number;
  readonly takerBuySteps: number;
  /** In ticks × steps, which may be more than a double counts. */
  readonly money: bigint;
  readonly takerBuyMoney: bigint;
  readonly trades: number;
}

/** @param trades in order of their times. @returns those in which something was traded, the oldest first. */
export function candlesOf(trades: readonly PrintedTrade[], lengthMs: number): readonly VenueCandle[] {
  const spans = Map.groupBy(trades, ({ timeMs }) => timeMs - (timeMs % lengthMs));
  return [...spans].map(([openMs, within]) => {
    const prices = within.map(({ priceTicks }) => priceTicks);
    const bought = within.filter(({ isBuy }) => isBuy);
    return {
      openMs,
      openTicks: prices[0]!,
      highTicks: Math.max(...prices),
      lowTicks: Math.min(...prices),
      closeTicks: prices.at(-1)!,
      steps: stepsOf(within),
      takerBuySteps: stepsOf(bought),
      money: moneyOf(within),
      takerBuyMoney: moneyOf(bought),
      trades: within.length,
    };
  });
}

function stepsOf(trades: readonly PrintedTrade[]): number {
  return trades.reduce((sum, { quantitySteps }) => sum + quantitySteps, 0);
}

function moneyOf(trades: readonly PrintedTrade[]): bigint {
  return trades.reduce(
    (sum, { priceTicks, quantitySteps }) => sum + BigInt(priceTicks) * BigInt(quantitySteps),
    0n,
  );
}

/** A sum of ticks × steps as a decimal of so many places, the rest cut off. */
export function moneyText(money: bigint, decimals: number, places: number): string {
  const digits = String((money * 10n ** BigInt(places)) / 10n ** BigInt(decimals)).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
