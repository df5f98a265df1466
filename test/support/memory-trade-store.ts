import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import type { TradeStore } from '../../shared/ports/trade-store.ts';

const MAX_TRADES = 10_000;

/** Trades in a map, for tests of what reads them; the contract suite holds it to the port. */
export class MemoryTradeStore implements TradeStore {
  readonly #trades = new Map<string, Trade>();

  async insert(
    trades: readonly ReceivedTrade[],
    { mayRepeat }: { readonly mayRepeat: boolean },
  ): Promise<readonly ReceivedTrade[]> {
    const fresh: ReceivedTrade[] = [];
    for (const trade of trades) {
      if (mayRepeat && this.#trades.has(keyOf(trade))) continue;
      const { receivedAtMs: _, ...kept } = trade;
      this.#trades.set(keyOf(trade), kept);
      fresh.push(trade);
    }
    return fresh;
  }

  async between(
    instrumentId: InstrumentId,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly Trade[]> {
    if (limit < 1 || limit > MAX_TRADES)
      throw new LimitExceeded(`expected 1 to ${MAX_TRADES} trades, not ${limit}`);
    return this.#tape(instrumentId)
      .filter(({ timeMs }) => fromMs <= timeMs && timeMs < toMs)
      .slice(0, limit);
  }

  async latest(instrumentId: InstrumentId, beforeMs = Infinity): Promise<Trade | null> {
    return this.#tape(instrumentId).findLast(({ timeMs }) => timeMs < beforeMs) ?? null;
  }

  #tape(instrumentId: InstrumentId): Trade[] {
    return [...this.#trades.values()]
      .filter((trade) => trade.instrumentId === instrumentId)
      .sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
  }
}

function keyOf({ instrumentId, timeMs, tradeId }: Trade): string {
  return `${instrumentId} ${timeMs} ${tradeId}`;
}
