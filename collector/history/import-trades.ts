import type { ReadRow } from '../../shared/adapters/files/published/published-file.ts';
import type { PublishedTrade } from '../../shared/adapters/files/published/published-rows.ts';
import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import { INTERVALS, intervalMs, openTimeOf, type Interval } from '../../shared/domain/candles/interval.ts';
import { differingFields } from '../../shared/domain/candles/plain-fold.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../shared/ports/candle-store.ts';
import type { TradeStore } from '../../shared/ports/trade-store.ts';
import { recomputeCandles, type Pair } from './recompute-candles.ts';
import type { TimeRange } from './stored-series.ts';

export interface HistoryStores {
  readonly trades: TradeStore;
  readonly candles: CandleStore;
}

const TRADES_AT_ONCE = 5000;
const CANDLES_AT_ONCE = 1000;

/**
 * As it would have been received, but nobody here did: its time of receipt is its own time. What is made of history is no
 * news, so neither of a trade nor of a candle anything is published, and no strategy sees them.
 */
function tradeOf(instrumentId: InstrumentId, row: PublishedTrade): ReceivedTrade {
  const { tradeId, price, quantity, isBuyerMaker, timeMs, quality } = row;
  return {
    instrumentId,
    tradeId,
    price,
    quantity,
    takerSide: isBuyerMaker ? 'SELL' : 'BUY',
    timeMs,
    receivedAtMs: timeMs,
    ...(quality === undefined ? {} : { quality }),
  };
}

/** Puts trades where they are not yet: one that is there, by its time and id, is left as it is. */
export class TradeImport {
  readonly #store: TradeStore;
  readonly #instrumentId: InstrumentId;
  #waiting: ReceivedTrade[] = [];
  #stored = 0;

  constructor(store: TradeStore, instrumentId: InstrumentId) {
    this.#store = store;
    this.#instrumentId = instrumentId;
  }

  async add(rows: readonly ReadRow[]): Promise<void> {
    for (const read of rows)
      if ('row' in read && read.row.kind === 'trade')
        this.#waiting.push(tradeOf(this.#instrumentId, read.row));
    while (this.#waiting.length >= TRADES_AT_ONCE) await this.#flush();
  }

  /** @returns how many were not there yet. */
  async end(): Promise<number> {
    while (this.#waiting.length > 0) await this.#flush();
    return this.#stored;
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.slice(0, TRADES_AT_ONCE);
    this.#stored += (await this.#store.insert(batch, { mayRepeat: true })).length;
    this.#waiting = this.#waiting.slice(TRADES_AT_ONCE);
  }
}

export interface WriteCandlesOptions {
  readonly instrumentId: InstrumentId;
  /** Of the trades that came. Candles are made again of all whole days that they touch. */
  readonly range: TimeRange;
  /** Up to which time it is known that no trade is still to come. */
  readonly closedThroughMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (trades: number, timeMs: number) => void;
}

/**
 * Makes the candles of every interval again of the stored trades, and writes a revision of each that is stored otherwise
 * or not at all. Done again it finds nothing to write. A candle that strategies never saw has no revision 0.
 * @returns how many were written, by interval.
 */
export async function writeCandlesOfTrades(
  stores: HistoryStores,
  options: WriteCandlesOptions,
): Promise<Partial<Record<Interval, number>>> {
  const { instrumentId, range, closedThroughMs, signal, onProgress } = options;
  const written: Partial<Record<Interval, number>> = {};
  const writer = new RevisionWriter(stores.candles);
  const latest = await stores.trades.latest(instrumentId);
  await recomputeCandles(stores, {
    instrumentId,
    intervals: INTERVALS,
    range: {
      fromMs: (await unclosedDayBefore(stores, instrumentId, range)) ?? openTimeOf(range.fromMs, '1d'),
      toMs: openTimeOf(range.toMs, '1d') + intervalMs('1d'),
    },
    closedThroughMs: Math.max(closedThroughMs, latest?.timeMs ?? 0),
    signal,
    onProgress,
    onPair: async (interval, pair) => {
      const revision = revisionOf(pair);
      if (revision === null) return;
      written[interval] = (written[interval] ?? 0) + 1;
      await writer.add(revision);
    },
  });
  await writer.end();
  return written;
}

/**
 * A day that lies before a range and whose last candles nobody closed: the trades of the range are the first that say that
 * it is over. null: there is none.
 */
async function unclosedDayBefore(
  { trades, candles }: HistoryStores,
  instrumentId: InstrumentId,
  { fromMs }: TimeRange,
): Promise<number | null> {
  const before = await trades.latest(instrumentId, openTimeOf(fromMs, '1d'));
  if (before === null) return null;
  const dayMs = openTimeOf(before.timeMs, '1d');
  // The longest closes last.
  return (await candles.latestRevision(instrumentId, '1d', dayMs)) === null ? dayMs : null;
}

function revisionOf({ made, stored }: Pair): StoredCandle | null {
  if (made === null) return null;
  if (stored === null) return { ...made, revision: 1, throughSequence: '' };
  const hasSameTrades = differingFields(made, stored).length === 0;
  if (hasSameTrades && (stored.complete || !made.complete)) return null;
  return { ...made, revision: stored.revision + 1, throughSequence: stored.throughSequence };
}

/** Candles that were never seen by a strategy, in portions. */
export class RevisionWriter {
  readonly #store: CandleStore;
  #waiting: StoredCandle[] = [];

  constructor(store: CandleStore) {
    this.#store = store;
  }

  async add(candle: StoredCandle): Promise<void> {
    this.#waiting.push(candle);
    if (this.#waiting.length >= CANDLES_AT_ONCE) await this.end();
  }

  async end(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await this.#store.insert(this.#waiting, { mayRepeat: true });
    this.#waiting = [];
  }
}
