import type { Candle } from '../../../shared/domain/candles/candle.ts';
import type { LateTrade } from '../../../shared/domain/candles/fold.ts';
import { reviseCandle, type Observed } from '../../../shared/domain/candles/revise-candle.ts';
import { openTimeOf } from '../../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../../shared/ports/candle-store.ts';
import { compareSequences } from '../../../shared/runtime/lane-fold.ts';

/** The late trades of one stream record. */
export interface LateBatch {
  readonly late: readonly LateTrade[];
  /** The candles that the same record closed. */
  readonly closed: readonly Candle[];
  /** What was known of each instrument when the record had been folded. */
  readonly observed: ReadonlyMap<InstrumentId, Observed>;
  readonly throughSequence: string;
}

/**
 * Gives each closed candle that late trades fell into a new revision, one a stream record. A revision remembers the
 * record that it went through, so that a retry finds its own work done.
 * @returns how many revisions were written.
 */
export async function reviseLateCandles(
  candles: CandleStore,
  batches: readonly LateBatch[],
): Promise<number> {
  let revised = 0;
  for (const batch of batches) {
    for (const late of byCandle(batch.late)) {
      if (await revise(candles, batch, late)) revised++;
    }
  }
  return revised;
}

async function revise(candles: CandleStore, batch: LateBatch, late: readonly LateTrade[]): Promise<boolean> {
  const { interval, trade } = late[0]!;
  const openTimeMs = openTimeOf(trade.timeMs, interval);
  const base = await candles.latestRevision(trade.instrumentId, interval, openTimeMs);
  if (base !== null && isRevised(base, batch)) return false;
  const revision = reviseCandle(batch.observed.get(trade.instrumentId)!, base, late);
  await candles.insert([{ ...revision, throughSequence: batch.throughSequence }], { mayRepeat: false });
  return true;
}

/** A candle as its own record closed it is without the trades that came late in that record. */
function isRevised(latest: StoredCandle, { closed, throughSequence }: LateBatch): boolean {
  const isAsClosed =
    latest.revision === 0 &&
    closed.some(
      ({ instrumentId, interval, openTimeMs }) =>
        instrumentId === latest.instrumentId &&
        interval === latest.interval &&
        openTimeMs === latest.openTimeMs,
    );
  return !isAsClosed && compareSequences(latest.throughSequence, throughSequence) >= 0;
}

function byCandle(late: readonly LateTrade[]): LateTrade[][] {
  const groups = new Map<string, LateTrade[]>();
  for (const item of late) {
    const key = `${item.trade.instrumentId}|${item.interval}|${openTimeOf(item.trade.timeMs, item.interval)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
