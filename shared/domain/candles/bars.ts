/**
 * Bars that end by what was traded instead of by the clock: by trades, by volume or by turnover. Busy hours have many,
 * quiet ones few (M. López de Prado, Advances in Financial Machine Learning, 2018, chapter 2).
 *
 * Each UTC day begins anew, and within it a trade lies in the bar `⌊what was traded before it ÷ size⌋`. So the bars of a
 * day follow from its trades alone: those of a live day, of a replay and of history are the same, wherever one begins to
 * look, and what a bar has too much is not missing in the next. A trade is never parted: one that is larger than a bar
 * leaves the bars out that would lie within it.
 */
import { formatDecimal, multiply, ONE, parseDecimal, ZERO, type Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Trade } from '../market-data/trade.ts';
import { intervalMs } from './interval.ts';
import { addTrade, openCandle, type CandleSums } from './open-candle.ts';

export const BAR_KINDS = ['tick', 'volume', 'dollar'] as const;
export type BarKind = (typeof BAR_KINDS)[number];

/** Every so many trades, base units or quote units. */
export interface BarRule {
  readonly kind: BarKind;
  readonly size: Decimal;
}

export interface Bar extends Readonly<CandleSums> {
  readonly instrumentId: InstrumentId;
  /** Of its UTC day, from 0. */
  readonly number: number;
  readonly dayMs: number;
  /** What its rule asks for has been traded, or its day is over. */
  readonly closed: boolean;
}

/** `tick:100`, `volume:2.5`, `dollar:1000000`. `null`: it is none. */
export function parseBarRule(text: string): BarRule | null {
  const [kind, amount = '', ...rest] = text.split(':');
  const size = parseDecimal(amount);
  if (!isBarKind(kind) || size === null || size <= ZERO || rest.length > 0) return null;
  return kind === 'tick' && size % ONE !== 0n ? null : { kind, size };
}

export function formatBarRule({ kind, size }: BarRule): string {
  return `${kind}:${formatDecimal(size)}`;
}

function isBarKind(text: string | undefined): text is BarKind {
  return (BAR_KINDS as readonly (string | undefined)[]).includes(text);
}

const DAY_MS = intervalMs('1d');

/** Of one instrument. Trades come once each, in order of (time, id). */
export class BarFold {
  readonly #rule: BarRule;
  readonly #instrumentId: InstrumentId;
  #dayMs = -1;
  #traded: Decimal = ZERO;
  #number = 0n;
  #open: CandleSums | null = null;

  constructor(rule: BarRule, instrumentId: InstrumentId) {
    this.#rule = rule;
    this.#instrumentId = instrumentId;
  }

  /** @returns the bar that ended with this trade or before it; a trade that ends two is in the second. */
  add(trade: Trade): readonly Bar[] {
    const ended: Bar[] = [];
    const dayMs = trade.timeMs - (trade.timeMs % DAY_MS);
    if (dayMs !== this.#dayMs) {
      this.#end(ended);
      this.#dayMs = dayMs;
      this.#traded = ZERO;
    }
    if (this.#open === null) {
      this.#number = this.#traded / this.#rule.size;
      this.#open = openCandle(trade.timeMs, trade, -1);
    } else addTrade(this.#open, trade);
    this.#traded += amountOf(trade, this.#rule.kind);
    if (this.#traded / this.#rule.size > this.#number) this.#end(ended);
    return ended;
  }

  /** The bar under way; null: there is none. */
  get underWay(): Bar | null {
    return this.#open === null ? null : this.#barOf(this.#open, false);
  }

  #end(ended: Bar[]): void {
    if (this.#open !== null) ended.push(this.#barOf(this.#open, true));
    this.#open = null;
  }

  #barOf(sums: CandleSums, closed: boolean): Bar {
    const { open, high, low, close, volume, quoteVolume, takerBuyVolume } = sums;
    const { tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs } = sums;
    return {
      instrumentId: this.#instrumentId,
      dayMs: this.#dayMs,
      number: Number(this.#number),
      ...{ open, high, low, close, volume, quoteVolume, takerBuyVolume },
      ...{ tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs },
      closed,
    };
  }
}

function amountOf({ price, quantity }: Trade, kind: BarKind): Decimal {
  switch (kind) {
    case 'tick':
      return ONE;
    case 'volume':
      return quantity;
    case 'dollar':
      return multiply(price, quantity);
  }
}
