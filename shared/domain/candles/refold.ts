/**
 * Closed candles made again, of the trades that are stored or of the candles of the next shorter interval. What comes out
 * depends on those alone: on no order in which they came, and on no attempt before.
 */
import { UNFLAGGED, withoutFlag } from '../market-data/quality-flags.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { mayLack } from '../market-data/seen-trades.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import type { FoldState } from './fold.ts';
import type { Interval } from './interval.ts';
import type { OpenCandle } from './open-candle.ts';
import { differingFields, PlainFold } from './plain-fold.ts';

/** The last trade before a span, and the first behind it; null: there is none. */
export interface Neighbours {
  readonly before: Pick<Trade, 'tradeId'> | null;
  readonly after: Pick<Trade, 'tradeId'> | null;
}

/** @param trades all of one instrument in the span, by (time, id) */
export function refoldTrades(trades: readonly Trade[], interval: Interval, around: Neighbours): Candle[] {
  return refold(trades, interval, around, (fold, trade) => fold.add(trade));
}

/** @param shorter all of one instrument in the span, oldest first, in their latest revision */
export function refoldCandles(shorter: readonly Candle[], interval: Interval, around: Neighbours): Candle[] {
  return refold(shorter, interval, around, (fold, candle) => fold.join(openAgain(candle)));
}

function refold<Part extends { readonly instrumentId: InstrumentId }>(
  parts: readonly Part[],
  interval: Interval,
  { before, after }: Neighbours,
  take: (fold: PlainFold, part: Part) => Candle | null,
): Candle[] {
  const [first] = parts;
  if (first === undefined) return [];
  const fold = new PlainFold(first.instrumentId, interval, true, before?.tradeId ?? null);
  const made = parts.flatMap((part) => take(fold, part) ?? []);
  return [...made, fold.end(after?.tradeId ?? null) ?? []].flat();
}

/**
 * The newest candle that was made of what is stored, where nothing is stored behind it: whether none of its own trades is
 * missing at its end is for whoever watches the tape to say, who may know of a trade that is not stored yet.
 */
export function asSeenBy({ seen, interrupted }: Sight, made: readonly Candle[]): readonly Candle[] {
  const newest = made.at(-1);
  if (newest === undefined) return made;
  const { lastTradeId, lastTimeMs } = newest;
  const isOfNow = seen.sinceMs === undefined || lastTimeMs >= seen.sinceMs;
  const isFollowed =
    lastTradeId >= seen.lastId ? !interrupted : !mayLack(seen, lastTradeId + 1, lastTradeId + 1);
  return isOfNow && isFollowed ? made : [...made.slice(0, -1), { ...newest, complete: false }];
}

/** Of a fold what it knows of trades. */
type Sight = Pick<FoldState, 'seen' | 'interrupted'>;

function openAgain(candle: Candle): OpenCandle {
  const { openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume, quality } = candle;
  const { tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs } = candle;
  return {
    ...{ openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume },
    ...{ tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs },
    precedingTradeId: firstTradeId - 1,
    ...(quality === undefined ? {} : { quality }),
  };
}

/**
 * @param base the latest revision; null: there is none, and no strategy has seen or will see the candle.
 * @returns the next one; null where nothing is different.
 */
export function revisionOf(base: Candle | null, made: Candle): Candle | null {
  if (base === null) return { ...made, revision: 1 };
  const hasSameTrades = differingFields(base, made).length === 0;
  // Ids out of order prove nothing; who watched them come may have known that none was missing.
  const complete = made.complete || (hasSameTrades && base.complete);
  // What has been said against a candle stays said, but for a gap that has been filled.
  const said = (base.quality ?? UNFLAGGED) | (made.quality ?? UNFLAGGED);
  const quality = complete ? withoutFlag(said, 'gap') : said;
  const isSame = hasSameTrades && complete === base.complete && quality === (base.quality ?? UNFLAGGED);
  if (isSame) return null;
  const { quality: _, ...unflagged } = made;
  const flags = quality === UNFLAGGED ? {} : { quality };
  return { ...unflagged, complete, ...flags, revision: base.revision + 1 };
}
