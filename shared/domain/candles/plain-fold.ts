import type { InstrumentId } from '../market-data/instrument.ts';
import { isFlagged, qualityOf, UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { openTimeOf, type Interval } from './interval.ts';
import { addTrade, joinCandle, openCandle, type OpenCandle } from './open-candle.ts';

/**
 * Makes the candles of one interval of what lies in order, (time, id), each once: trades as they are stored, or shorter
 * candles. It holds one candle, however long the range is, and owes nothing to the fold that watches a tape but the sums of
 * a candle.
 */
export class PlainFold {
  readonly #instrumentId: InstrumentId;
  readonly interval: Interval;
  readonly #provesByIds: boolean;
  #open: OpenCandle | null = null;
  /** Of the last trade before the candle under way. null: there is none. */
  #beforeId: number | null = null;

  /**
   * @param provesByIds false: what is folded has no ids of trades, so that no candle is known to be complete.
   * @param beforeId of the last trade before all that is folded; null: there is none.
   */
  constructor(
    instrumentId: InstrumentId,
    interval: Interval,
    provesByIds = true,
    beforeId: number | null = null,
  ) {
    this.#instrumentId = instrumentId;
    this.interval = interval;
    this.#provesByIds = provesByIds;
    this.#beforeId = beforeId;
  }

  /** @returns the candle that this trade lies behind; null: it belongs to the one under way. */
  add(trade: Trade): Candle | null {
    const openTimeMs = openTimeOf(trade.timeMs, this.interval);
    if (this.#open !== null && this.#open.openTimeMs === openTimeMs) {
      addTrade(this.#open, trade);
      return null;
    }
    const ended = this.end(trade.tradeId);
    this.#open = openCandle(openTimeMs, trade, -1);
    return ended;
  }

  /** The same of a candle of a shorter interval, or of several trades that were told as one. */
  join(shorter: OpenCandle): Candle | null {
    const openTimeMs = openTimeOf(shorter.openTimeMs, this.interval);
    const isUnderWay = this.#open !== null && this.#open.openTimeMs === openTimeMs;
    const ended = isUnderWay ? null : this.end(shorter.firstTradeId);
    this.#open = joinCandle(this.#open, shorter, this.interval);
    return ended;
  }

  /** @param nextId of the trade behind it; null: there is none. @returns the candle under way, which is over now. */
  end(nextId: number | null): Candle | null {
    const open = this.#open;
    if (open === null) return null;
    const { precedingTradeId: _, ...sums } = open;
    const complete = this.#provesByIds && isWhole(open, this.#beforeId, nextId);
    const { quality = UNFLAGGED } = open;
    const hasGap =
      this.#provesByIds &&
      !complete &&
      !isFlagged(quality, 'reset') &&
      hasGapIn(open, this.#beforeId, nextId);
    const flags = hasGap ? { quality: quality | GAP } : {};
    this.#beforeId = open.lastTradeId;
    this.#open = null;
    const { interval } = this;
    return {
      instrumentId: this.#instrumentId,
      interval,
      ...sums,
      ...flags,
      closed: true,
      complete,
      revision: 0,
    };
  }
}

/**
 * No id is missing in it or beside it. The first candle of all is whole where its first trade lies at its open: as for
 * whoever begins to watch with that trade.
 */
function isWhole(open: OpenCandle, beforeId: number | null, nextId: number | null): boolean {
  const { firstTradeId, lastTradeId, tradeCount } = open;
  const isPreceded = beforeId === null ? open.firstTimeMs === open.openTimeMs : beforeId === firstTradeId - 1;
  const isFollowed = nextId === null || nextId === lastTradeId + 1;
  return isPreceded && isFollowed && tradeCount === lastTradeId - firstTradeId + 1;
}

const GAP = qualityOf('gap');

/**
 * Ids that are missing in it or beside it, which nobody has but the next candle: in the order of their times ids may be out
 * of their own by a few.
 */
function hasGapIn(open: OpenCandle, beforeId: number | null, nextId: number | null): boolean {
  const { firstTradeId, lastTradeId, tradeCount } = open;
  if (beforeId !== null && beforeId < firstTradeId - 1) return true;
  if (nextId !== null && nextId > lastTradeId + 1) return true;
  const isInOrder = (beforeId ?? -1) < firstTradeId && (nextId ?? Infinity) > lastTradeId;
  return isInOrder && tradeCount < lastTradeId - firstTradeId + 1;
}

const SUMS = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'takerBuyVolume',
  'tradeCount',
] as const;
const TRADES = ['firstTradeId', 'lastTradeId', 'firstTimeMs', 'lastTimeMs'] as const;

/** What trades alone decide of a candle. */
export type CandleField = (typeof SUMS)[number] | (typeof TRADES)[number];

export function differingFields(a: Candle, b: Candle): readonly CandleField[] {
  return [...SUMS, ...TRADES].filter((field) => a[field] !== b[field]);
}

/** Of candles of which one was published without its trades. */
export function differingSums(a: Candle, b: Candle): readonly CandleField[] {
  return SUMS.filter((field) => a[field] !== b[field]);
}
