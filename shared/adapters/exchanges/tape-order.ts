import { parseTradeId } from '../../domain/market-data/trade.ts';
import type { VenueTrade } from './venue.ts';

/** Trades of one message, by (time, trade id): some venues send the newest first. What cannot be ordered is left as it is. */
export function inTapeOrder(trades: readonly VenueTrade[]): readonly VenueTrade[] {
  if (trades.length < 2) return trades;
  const keyed = trades.map((trade) => ({ trade, timeMs: trade.timeMs, id: parseTradeId(trade.tradeId) }));
  if (keyed.some(({ timeMs, id }) => typeof timeMs !== 'number' || id === null)) return trades;
  return keyed
    .sort((a, b) => (a.timeMs as number) - (b.timeMs as number) || a.id! - b.id!)
    .map(({ trade }) => trade);
}
