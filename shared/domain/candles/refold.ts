/**
 * Closed candles made again, of the trades that are stored or of the candles of the next shorter interval. What comes out
 * depends on those alone: on no order in which they came, and on no attempt before.
 */
import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { openTimeOf, type Interval } from './interval.ts';
import { addTrade, joinCandle, openCandle, type OpenCandle } from './open-candle.ts';

/** The last trade before a span, and the first behind it; null: there is none. */
export interface Neighbours {
  readonly before: Pick<Trade, 'tradeId'> | null;
  readonly after: Pick<Trade, 'tradeId'> | null;
}

/** @param trades all of one instrument in the span, by (time, id) */
export function refoldTrades(trades: readonly Trade[], interval: Interval, around: Neighbours): Candle[] {
  const made: OpenCandle[] = [];
  for (const trade of trades) {
    const openTimeMs = openTimeOf(trade.timeMs, interval);
    const last = made.at(-1);
    if (last?.openTimeMs === openTimeMs) addTrade(last, trade);
    else made.push(openCandle(openTimeMs, trade, -1));
  }
  return closeAll(trades[0]?.instrumentId ?? '', interval, made, around);
}

/** @param shorter all of one instrument in the span, oldest first, in their latest revision */
export function refoldCandles(shorter: readonly Candle[], interval: Interval, around: Neighbours): Candle[] {
  const made: OpenCandle[] = [];
  for (const candle of shorter) {
    const part = { ...candle, precedingTradeId: candle.firstTradeId - 1 };
    const last = made.at(-1);
    if (last?.openTimeMs === openTimeOf(candle.openTimeMs, interval)) joinCandle(last, part, interval);
    else made.push(joinCandle(null, part, interval));
  }
  return closeAll(shorter[0]?.instrumentId ?? '', interval, made, around);
}

function closeAll(
  instrumentId: string,
  interval: Interval,
  made: readonly OpenCandle[],
  around: Neighbours,
): Candle[] {
  return made.map((candle, n) => {
    const before = n === 0 ? around.before?.tradeId : made[n - 1]!.lastTradeId;
    const after = n === made.length - 1 ? around.after?.tradeId : made[n + 1]!.firstTradeId;
    const { quality } = candle;
    return {
      instrumentId,
      interval,
      openTimeMs: candle.openTimeMs,
      open: candle.open,
      high: candle.high,
      low: candle.low,
      close: candle.close,
      volume: candle.volume,
      quoteVolume: candle.quoteVolume,
      takerBuyVolume: candle.takerBuyVolume,
      tradeCount: candle.tradeCount,
      firstTradeId: candle.firstTradeId,
      lastTradeId: candle.lastTradeId,
      firstTimeMs: candle.firstTimeMs,
      lastTimeMs: candle.lastTimeMs,
      closed: true,
      complete: isWhole(candle, before, after),
      ...(quality === undefined ? {} : { quality }),
      revision: 0,
    };
  });
}

/**
 * No id is missing in it or next to it. The very first candle of an instrument is whole where its first trade lies at its
 * open, as for whoever began to watch with that trade.
 */
function isWhole(candle: OpenCandle, before: number | undefined, after: number | undefined): boolean {
  const { firstTradeId, lastTradeId, tradeCount } = candle;
  const isPreceded =
    before === undefined ? candle.firstTimeMs === candle.openTimeMs : before === firstTradeId - 1;
  const isFollowed = after === undefined || after === lastTradeId + 1;
  return isPreceded && isFollowed && tradeCount === lastTradeId - firstTradeId + 1;
}

const CONTENT = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'takerBuyVolume',
  'tradeCount',
  'firstTradeId',
  'lastTradeId',
  'firstTimeMs',
  'lastTimeMs',
] as const satisfies readonly (keyof Candle)[];

/**
 * @param base the latest revision; null: there is none, and no strategy has seen or will see the candle.
 * @returns the next one; null where nothing is different.
 */
export function revisionOf(base: Candle | null, made: Candle): Candle | null {
  if (base === null) return { ...made, revision: 1 };
  const hasSameTrades = CONTENT.every((field) => base[field] === made[field]);
  // Ids out of order prove nothing; who watched them come may have known that none was missing.
  const complete = made.complete || (hasSameTrades && base.complete);
  // What has been said against a candle stays said.
  const quality = (base.quality ?? UNFLAGGED) | (made.quality ?? UNFLAGGED);
  const isSame = hasSameTrades && complete === base.complete && quality === (base.quality ?? UNFLAGGED);
  if (isSame) return null;
  return { ...made, complete, ...(quality === UNFLAGGED ? {} : { quality }), revision: base.revision + 1 };
}
