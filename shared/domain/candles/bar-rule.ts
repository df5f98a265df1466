import { formatDecimal, multiply, ONE, parseDecimal, type Decimal } from '../decimal.ts';
import type { Trade } from '../market-data/trade.ts';
import type { CandleSums } from './open-candle.ts';

type BarKind = 'tick' | 'volume' | 'dollar';

/** Every so many trades, base units or quote units. */
export interface BarRule {
  readonly kind: BarKind;
  readonly size: Decimal;
}

/** How a rule is written, for whoever is told of it. Only places beyond the twelfth does `parseBarRule` refuse besides. */
export const BAR_RULE =
  /^(tick:[1-9][0-9]{0,25}|(volume|dollar):([1-9][0-9]{0,25}(\.[0-9]{1,12})?|0\.0{0,11}[1-9][0-9]{0,11}))$/;

/** `tick:100`, `volume:2.5`, `dollar:1000000`. `null`: it is none. */
export function parseBarRule(text: string): BarRule | null {
  if (!BAR_RULE.test(text)) return null;
  const [kind, amount] = text.split(':') as [BarKind, string];
  const size = parseDecimal(amount);
  return size === null ? null : { kind, size };
}

export function formatBarRule({ kind, size }: BarRule): string {
  return `${kind}:${formatDecimal(size)}`;
}

/** What a trade adds to that which ends a bar. */
export function amountOfTrade({ price, quantity }: Trade, kind: BarKind): Decimal {
  switch (kind) {
    case 'tick':
      return ONE;
    case 'volume':
      return quantity;
    case 'dollar':
      return multiply(price, quantity);
  }
}

/** What several trades add to it. */
export function amountOfSums(sums: Readonly<CandleSums>, kind: BarKind): Decimal {
  switch (kind) {
    case 'tick':
      return BigInt(sums.tradeCount) * ONE;
    case 'volume':
      return sums.volume;
    case 'dollar':
      return sums.quoteVolume;
  }
}
