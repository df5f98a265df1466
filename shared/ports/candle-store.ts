import type { Candle } from '../domain/candles/candle.ts';
import type { Interval } from '../domain/candles/interval.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';

/** A closed candle with the stream record that completed it, which makes a repeated revision recognisable. */
export interface StoredCandle extends Candle {
  /** Sequence number of the last stream record that went into this revision: decimal digits. Of history it names none. */
  readonly throughSequence: string;
}

/** Closed candles. A late trade makes a new revision beside the old ones. */
export interface CandleStore {
  /**
   * Resolves when the candles can be queried.
   * @param mayRepeat some (instrument, interval, open, revision) may have been inserted by an earlier attempt: those are left out.
   */
  insert(candles: readonly StoredCandle[], options: { readonly mayRepeat: boolean }): Promise<void>;
  /** The latest revision of one candle. */
  latestRevision(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimeMs: number,
  ): Promise<StoredCandle | null>;
  /** Latest revisions with fromMs ≤ openTimeMs < toMs, oldest first; the newest `limit` of them (≤ 10,000). */
  between(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]>;
  /** Revision 0 only, as a strategy saw them at their close; otherwise like `between`, oldest `limit`. */
  asFirstClosed(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]>;
  /** Every revision of some candles, by (open time, revision). @param openTimesMs 1 to 10,000 of them */
  revisions(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
  ): Promise<readonly StoredCandle[]>;
  /** Instruments that have a closed candle, in order of name. */
  instruments(): Promise<readonly InstrumentId[]>;
}
