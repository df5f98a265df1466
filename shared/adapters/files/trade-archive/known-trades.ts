import type { Trade } from '../../../domain/market-data/trade.ts';
import type { TradeKeys } from './trade-part.ts';

/** The trades of several parts, asked for in the order of the tape. */
export class KnownTrades {
  readonly #parts: readonly { readonly keys: TradeKeys; at: number }[];

  constructor(parts: readonly TradeKeys[]) {
    this.#parts = parts.map((keys) => ({ keys, at: 0 }));
  }

  /** Whether one of the parts has it. Nothing before it is asked for any more. */
  has(trade: Pick<Trade, 'timeMs' | 'tradeId'>): boolean {
    let isKnown = false;
    for (const part of this.#parts) {
      const { timesMs, tradeIds } = part.keys;
      while (part.at < timesMs.length && isBefore(timesMs[part.at]!, tradeIds[part.at]!, trade)) part.at++;
      if (timesMs[part.at] === trade.timeMs && tradeIds[part.at] === trade.tradeId) isKnown = true;
    }
    return isKnown;
  }
}

function isBefore(timeMs: number, tradeId: number, trade: Pick<Trade, 'timeMs' | 'tradeId'>): boolean {
  return timeMs < trade.timeMs || (timeMs === trade.timeMs && tradeId < trade.tradeId);
}
