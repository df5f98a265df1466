import type { ReadRow } from '../../shared/adapters/files/published/published-file.ts';
import type {
  PublishedAggregate,
  PublishedCandle,
} from '../../shared/adapters/files/published/published-rows.ts';
import type { Candle } from '../../shared/domain/candles/candle.ts';
import {
  compareIntervals,
  INTERVALS,
  intervalMs,
  type Interval,
} from '../../shared/domain/candles/interval.ts';
import type { OpenCandle } from '../../shared/domain/candles/open-candle.ts';
import {
  differingFields,
  differingSums,
  PlainFold,
  type CandleField,
} from '../../shared/domain/candles/plain-fold.ts';
import { multiply } from '../../shared/domain/decimal.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../shared/ports/candle-store.ts';
import { RevisionWriter } from './import-trades.ts';
import { PUBLISHED, StoredCandles, type TimeRange } from './stored-series.ts';

export interface CandleImportOptions {
  readonly instrumentId: InstrumentId;
  /** Of a candle file; null: aggregates of trades, of which every interval is made. */
  readonly interval: Interval | null;
  /** All that will come lies in it. */
  readonly range: TimeRange;
  /** What was published of: of a candle that lies in it in part alone, nobody can know how it ended. */
  readonly covered: TimeRange;
  /** What was published says nothing of these. */
  readonly untold?: readonly CandleField[];
}

/** Where what was published is not what is stored, and what is stored was watched from its open and stays. */
export interface Disagreement {
  readonly interval: Interval;
  readonly openTimeMs: number;
  readonly fields: readonly string[];
}

export interface CandlesWritten {
  readonly written: Partial<Record<Interval, number>>;
  readonly disagreements: { readonly count: number; readonly first: readonly Disagreement[] };
}

const MAX_SHOWN = 20;

interface Series {
  readonly fold: PlainFold;
  readonly stored: StoredCandles;
}

/**
 * Candles out of what was published without single trades, and the longer ones of them by the same sums. One that is
 * stored and complete stays; one that is not, or is missing, gets a revision that no strategy sees.
 */
export class CandleImport {
  readonly #options: CandleImportOptions;
  readonly #series: readonly Series[];
  readonly #writer: RevisionWriter;
  readonly #written: Partial<Record<Interval, number>> = {};
  readonly #first: Disagreement[] = [];
  #disagreements = 0;

  constructor(store: CandleStore, options: CandleImportOptions) {
    const { instrumentId, interval, range } = options;
    this.#options = options;
    this.#writer = new RevisionWriter(store);
    const intervals = INTERVALS.filter((one) => interval === null || compareIntervals(one, interval) >= 0);
    this.#series = intervals.map((one) => ({
      fold: new PlainFold(instrumentId, one, interval === null),
      stored: new StoredCandles(store, instrumentId, one, range),
    }));
  }

  /** In order of their times. */
  async add(rows: readonly ReadRow[]): Promise<void> {
    for (const read of rows) {
      const part = 'row' in read ? partOf(read.row) : null;
      if (part === null) continue;
      for (const series of this.#series) {
        const ended = series.fold.join(part);
        if (ended !== null) await this.#take(series, ended);
      }
    }
  }

  async end(): Promise<CandlesWritten> {
    for (const series of this.#series) {
      const last = series.fold.end(null);
      if (last !== null) await this.#take(series, last);
    }
    await this.#writer.end();
    return {
      written: this.#written,
      disagreements: { count: this.#disagreements, first: this.#first },
    };
  }

  async #take({ fold: { interval }, stored }: Series, made: Candle): Promise<void> {
    const { covered } = this.#options;
    const { openTimeMs } = made;
    const isWhole = openTimeMs >= covered.fromMs && openTimeMs + intervalMs(interval) <= covered.toMs;
    if (!isWhole) return;
    const known = (await stored.through(openTimeMs)).find((candle) => candle.openTimeMs === openTimeMs);
    if (known === undefined) return this.#write({ ...made, revision: 1, throughSequence: PUBLISHED });
    const { interval: ofFile, untold = [] } = this.#options;
    const differing = made.complete || ofFile === null ? differingFields : differingSums;
    const fields = differing(made, known).filter((field) => !untold.includes(field));
    if (fields.length === 0) return;
    if (!known.complete)
      return this.#write({ ...made, revision: known.revision + 1, throughSequence: PUBLISHED });
    this.#disagreements++;
    if (this.#first.length < MAX_SHOWN) this.#first.push({ interval, openTimeMs, fields });
  }

  async #write(candle: StoredCandle): Promise<void> {
    const { interval } = candle;
    this.#written[interval] = (this.#written[interval] ?? 0) + 1;
    await this.#writer.add(candle);
  }
}

/** null: nothing was traded, which makes no candle. */
function partOf(row: Extract<ReadRow, { readonly row: unknown }>['row']): OpenCandle | null {
  if (row.kind === 'aggregate') return partOfAggregate(row);
  return row.kind === 'candle' && row.volume > 0n ? partOfCandle(row) : null;
}

/** The amount of money is that of the whole: of its trades each was rounded down, from the 13th place on. */
function partOfAggregate(row: PublishedAggregate): OpenCandle {
  const { price, quantity, firstTradeId, lastTradeId, timeMs } = row;
  return {
    openTimeMs: timeMs,
    ...{ open: price, high: price, low: price, close: price },
    volume: quantity,
    quoteVolume: multiply(price, quantity),
    takerBuyVolume: row.isBuyerMaker ? 0n : quantity,
    tradeCount: lastTradeId - firstTradeId + 1,
    ...{ firstTradeId, lastTradeId, firstTimeMs: timeMs, lastTimeMs: timeMs },
    precedingTradeId: firstTradeId - 1,
  };
}

/** Its trades were published without their ids. */
function partOfCandle(row: PublishedCandle): OpenCandle {
  const { openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume, tradeCount } = row;
  return {
    ...{ openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume, tradeCount },
    ...{ firstTradeId: 0, lastTradeId: 0, firstTimeMs: openTimeMs, lastTimeMs: openTimeMs },
    precedingTradeId: -1,
  };
}
