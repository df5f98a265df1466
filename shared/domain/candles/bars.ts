/**
 * Bars that end by what was traded instead of by the clock: by trades, by volume or by turnover. Busy hours have many,
 * quiet ones few (M. López de Prado, Advances in Financial Machine Learning, 2018, chapter 2).
 *
 * Each UTC day begins anew, and within it a trade lies in the bar `⌊what was traded before it ÷ size⌋`. So the bars of a
 * day follow from its trades alone: those of a live day, of a replay and of history are the same, wherever one begins to
 * look, and what a bar has too much is not missing in the next. A trade is never parted: one that is larger than a bar
 * leaves the bars out that would lie within it.
 */
import { ZERO, type Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { amountOfSums, amountOfTrade, type BarRule } from './bar-rule.ts';
import { intervalMs, openTimeOf } from './interval.ts';
import { addTrade, joinSums, openCandle, type CandleSums } from './open-candle.ts';
import type { TradeSpan } from './trade-span.ts';

export interface Bar extends Readonly<CandleSums> {
  readonly instrumentId: InstrumentId;
  /** Of its UTC day, from 0. Small sizes make more than a double holds. */
  readonly number: bigint;
  readonly dayMs: number;
  /** What its rule asks for has been traded, or its day is over. */
  readonly closed: boolean;
  /**
   * Closed, and no trade is missing that may belong to it or before it in its day: by their ids they follow one another from
   * the last trade of the day before. Whoever began to look in the midst of a day does not know the numbers of its bars.
   */
  readonly complete: boolean;
}

/** Of a day whose first part is known by its sums alone. */
export interface DayBegun {
  /** In order, those before the place where the fold begins. */
  readonly spans: readonly TradeSpan[];
  /** The last trade before the day; null: none is known. */
  readonly previousTradeId: number | null;
}

/** What was traded in the day so far, with its ids. */
interface Day {
  readonly dayMs: number;
  readonly previousTradeId: number | null;
  traded: Decimal;
  tradeCount: number;
  leastTradeId: number;
  greatestTradeId: number;
}

const DAY_MS = intervalMs('1d');

export function dayOf(timeMs: number): number {
  return openTimeOf(timeMs, '1d');
}

/** Of one instrument. Trades come once each, in order of (time, id). */
export class BarFold {
  readonly #rule: BarRule;
  readonly #instrumentId: InstrumentId;
  #day: Day;
  #lastTradeId: number | null = null;
  #number = 0n;
  #open: CandleSums | null = null;
  /** The bar under way began before what is folded here: it is known in part, and not given. */
  #isCut = false;

  constructor(rule: BarRule, instrumentId: InstrumentId, { spans, previousTradeId }: DayBegun = NOTHING) {
    this.#rule = rule;
    this.#instrumentId = instrumentId;
    this.#lastTradeId = previousTradeId;
    this.#day = dayFrom(-1, null);
    for (const span of spans) {
      if (this.#day.tradeCount === 0) this.#day = dayFrom(dayOf(span.firstTimeMs), previousTradeId);
      this.#count(amountOfSums(span, rule.kind), span.tradeCount, span.leastTradeId, span.greatestTradeId);
      this.#lastTradeId = span.lastTradeId;
    }
    this.#isCut = spans.length > 0;
  }

  /** @returns the bar that ended with this trade or before it; a trade that ends two is in the second. */
  add(trade: Trade): readonly Bar[] {
    const ended = this.#enterDay(trade.timeMs, trade.tradeId);
    if (this.#open === null) this.#begin(openCandle(trade.timeMs, trade, -1));
    else addTrade(this.#open, trade);
    this.#count(amountOfTrade(trade, this.#rule.kind), 1, trade.tradeId, trade.tradeId);
    this.#lastTradeId = trade.tradeId;
    if (this.#numberNow() > this.#number) this.#end(ended, this.#isWhole());
    return ended;
  }

  /** Whether a bar ends with a trade of the span: then they have to be added one by one. */
  endsWithin(span: TradeSpan): boolean {
    const before = dayOf(span.firstTimeMs) === this.#day.dayMs ? this.#day.traded : ZERO;
    const { kind, size } = this.#rule;
    return (before + amountOfSums(span, kind)) / size > before / size;
  }

  /** The same as its trades one by one. @param span in which no bar ends. */
  join(span: TradeSpan): readonly Bar[] {
    const ended = this.#enterDay(span.firstTimeMs, span.leastTradeId);
    if (this.#open === null) this.#begin({ ...span });
    else joinSums(this.#open, span);
    const { tradeCount, leastTradeId, greatestTradeId, lastTradeId } = span;
    this.#count(amountOfSums(span, this.#rule.kind), tradeCount, leastTradeId, greatestTradeId);
    this.#lastTradeId = lastTradeId;
    return ended;
  }

  /** No trade before this time will follow. @returns the last bar of a day that is over; which trade is next is not known. */
  passed(timeMs: number): readonly Bar[] {
    const ended: Bar[] = [];
    if (this.#open !== null && timeMs >= this.#day.dayMs + DAY_MS) this.#end(ended, false);
    return ended;
  }

  /** The bar under way; null: there is none. */
  get underWay(): Bar | null {
    return this.#open === null || this.#isCut ? null : this.#barOf(this.#open, false, false);
  }

  #enterDay(timeMs: number, tradeId: number): Bar[] {
    const ended: Bar[] = [];
    const dayMs = dayOf(timeMs);
    if (dayMs === this.#day.dayMs) return ended;
    const follows = tradeId === this.#day.greatestTradeId + 1;
    if (this.#open !== null) this.#end(ended, follows && this.#isWhole());
    this.#isCut = false;
    this.#day = dayFrom(dayMs, this.#lastTradeId);
    return ended;
  }

  #begin(sums: CandleSums): void {
    this.#number = this.#numberNow();
    this.#open = sums;
  }

  #numberNow(): bigint {
    return this.#day.traded / this.#rule.size;
  }

  #count(amount: Decimal, tradeCount: number, leastTradeId: number, greatestTradeId: number): void {
    const day = this.#day;
    day.traded += amount;
    day.tradeCount += tradeCount;
    if (leastTradeId < day.leastTradeId) day.leastTradeId = leastTradeId;
    if (greatestTradeId > day.greatestTradeId) day.greatestTradeId = greatestTradeId;
  }

  #isWhole(): boolean {
    const { previousTradeId, tradeCount, leastTradeId, greatestTradeId } = this.#day;
    return (
      previousTradeId !== null &&
      leastTradeId === previousTradeId + 1 &&
      greatestTradeId === previousTradeId + tradeCount
    );
  }

  #end(ended: Bar[], complete: boolean): void {
    if (this.#open !== null && !this.#isCut) ended.push(this.#barOf(this.#open, true, complete));
    this.#open = null;
    this.#isCut = false;
  }

  #barOf(sums: CandleSums, closed: boolean, complete: boolean): Bar {
    const { open, high, low, close, volume, quoteVolume, takerBuyVolume, quality = UNFLAGGED } = sums;
    const { tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs } = sums;
    return {
      instrumentId: this.#instrumentId,
      dayMs: this.#day.dayMs,
      number: this.#number,
      ...{ open, high, low, close, volume, quoteVolume, takerBuyVolume },
      ...{ tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs },
      ...(quality === UNFLAGGED ? {} : { quality }),
      closed,
      complete,
    };
  }
}

const NOTHING: DayBegun = { spans: [], previousTradeId: null };

function dayFrom(dayMs: number, previousTradeId: number | null): Day {
  return {
    dayMs,
    previousTradeId,
    traded: ZERO,
    tradeCount: 0,
    leastTradeId: Infinity,
    greatestTradeId: -Infinity,
  };
}
