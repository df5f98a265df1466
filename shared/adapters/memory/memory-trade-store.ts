import type { ReceivedTrade } from '../../contracts/lane-rows.ts';
import { openTimeOf, type Interval } from '../../domain/candles/interval.ts';
import { addTrade, openCandle } from '../../domain/candles/open-candle.ts';
import type { TradeSpan } from '../../domain/candles/trade-span.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { Trade } from '../../domain/market-data/trade.ts';
import { MAX_ROWS_A_READ } from '../../ports/read-limit.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import type { TradeStore } from '../../ports/trade-store.ts';

/** Trades in a map. */
export class MemoryTradeStore implements TradeStore {
  readonly #trades = new Map<string, ReceivedTrade>();
  readonly #mostSummed: number;

  /** @param mostSummed trades of a range whose spans are asked for */
  constructor(mostSummed = Infinity) {
    this.#mostSummed = mostSummed;
  }

  async insert(
    trades: readonly ReceivedTrade[],
    { mayRepeat }: { readonly mayRepeat: boolean },
  ): Promise<readonly ReceivedTrade[]> {
    const fresh: ReceivedTrade[] = [];
    for (const trade of trades) {
      if (mayRepeat && this.#trades.has(keyOf(trade))) continue;
      this.#trades.set(keyOf(trade), trade);
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
    if (limit < 1 || limit > MAX_ROWS_A_READ)
      throw new LimitExceeded(`expected 1 to ${MAX_ROWS_A_READ} trades, not ${limit}`);
    return this.#tape(instrumentId)
      .filter(({ timeMs }) => fromMs <= timeMs && timeMs < toMs)
      .slice(0, limit)
      .map(withoutReceipt);
  }

  async latest(instrumentId: InstrumentId, beforeMs = Infinity): Promise<Trade | null> {
    const latest = this.#tape(instrumentId).findLast(({ timeMs }) => timeMs < beforeMs);
    return latest === undefined ? null : withoutReceipt(latest);
  }

  async spans(
    instrumentId: InstrumentId,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly TradeSpan[]> {
    const within = this.#tape(instrumentId).filter(({ timeMs }) => fromMs <= timeMs && timeMs < toMs);
    if (within.length > this.#mostSummed) throw new LimitExceeded('more trades than are summed at once');
    const steps = Map.groupBy(within, ({ timeMs }) => timeMs - (timeMs % stepMs));
    return [...steps].map(([openTimeMs, trades]) => spanOf(openTimeMs, trades));
  }

  async receivedBy(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
    timeMs: number,
  ): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const trade of this.#tape(instrumentId)) {
      const openTimeMs = openTimeOf(trade.timeMs, interval);
      if (trade.receivedAtMs <= timeMs && openTimesMs.includes(openTimeMs))
        counts.set(openTimeMs, (counts.get(openTimeMs) ?? 0) + 1);
    }
    return counts;
  }

  #tape(instrumentId: InstrumentId): ReceivedTrade[] {
    return [...this.#trades.values()]
      .filter((trade) => trade.instrumentId === instrumentId)
      .sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
  }
}

function withoutReceipt({ receivedAtMs: _, ...trade }: ReceivedTrade): Trade {
  return trade;
}

/** @param trades one or more, in order. */
export function spanOf(openTimeMs: number, [first, ...rest]: readonly Trade[]): TradeSpan {
  const { precedingTradeId: _, ...sums } = openCandle(openTimeMs, first!, -1);
  for (const trade of rest) addTrade(sums, trade);
  const ids = [first!, ...rest].map(({ tradeId }) => tradeId);
  return { ...sums, leastTradeId: Math.min(...ids), greatestTradeId: Math.max(...ids) };
}

function keyOf({ instrumentId, timeMs, tradeId }: Trade): string {
  return `${instrumentId} ${timeMs} ${tradeId}`;
}
