import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { QualityEvent } from '../domain/market-data/quality-event.ts';
import type { QualityFlag } from '../domain/market-data/quality-flags.ts';

/** Where a page of the log ended. */
export type QualityPlace = Pick<QualityEvent, 'atMs' | 'id'>;

/** Which of the log; null: whichever. */
export interface QualityRange {
  readonly venue: string | null;
  readonly instrumentId: InstrumentId | null;
  readonly flag: QualityFlag | null;
  /** At or after. */
  readonly fromMs: number;
  /** Before. */
  readonly toMs: number;
  /** Only what lies before this, in the order of the store; null: all. */
  readonly before: QualityPlace | null;
  readonly limit: number;
}

/** The durable log of what was said against market data, in order of (atMs, id). */
export interface QualityStore {
  /** Resolves when they can be queried. One whose id is there is left as it is. */
  insert(events: readonly QualityEvent[]): Promise<void>;
  /** The newest of the range, newest first. */
  newest(range: QualityRange): Promise<readonly QualityEvent[]>;
}
