/** The trades of a range, a page at a time, however long the range is. */
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { Trade } from '../domain/market-data/trade.ts';
import { MAX_ROWS_A_READ } from '../ports/read-limit.ts';
import type { TradeStore } from '../ports/trade-store.ts';

/**
 * In order, (time, id), each once.
 * @throws Error when one millisecond has more trades than a page holds
 */
export async function* storedTrades(
  trades: Pick<TradeStore, 'between'>,
  instrumentId: InstrumentId,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<readonly Trade[]> {
  let last: Trade | null = null;
  for (;;) {
    const page: readonly Trade[] = await trades.between(
      instrumentId,
      last?.timeMs ?? fromMs,
      toMs,
      MAX_ROWS_A_READ,
    );
    const fresh: readonly Trade[] = last === null ? page : page.filter(isAfter(last));
    if (fresh.length > 0) yield fresh;
    if (page.length < MAX_ROWS_A_READ) return;
    if (fresh.length === 0)
      throw new Error(`${instrumentId} has more than ${MAX_ROWS_A_READ} trades at ${last!.timeMs}`);
    last = fresh.at(-1)!;
  }
}

function isAfter({ timeMs, tradeId }: Trade): (trade: Trade) => boolean {
  return (trade) => trade.timeMs > timeMs || (trade.timeMs === timeMs && trade.tradeId > tradeId);
}
