import type { Candle } from '../../shared/domain/candles/candle.ts';
import type { Interval } from '../../shared/domain/candles/interval.ts';
import { differingFields, type CandleField } from '../../shared/domain/candles/plain-fold.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { isFlagged, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { recomputeCandles, type Pair, type Stores } from './recompute-candles.ts';
import { isPublished, type TimeRange } from './stored-series.ts';

type Shown = string | number;

export interface Difference {
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  readonly openTimeMs: number;
  /**
   * `missing`: there are trades, and no candle of them; `without-trades`: a candle of which no trade is stored;
   * `different`: the fields that are not as the trades make them.
   */
  readonly kind: 'missing' | 'without-trades' | 'different';
  readonly revision: number | null;
  readonly fields: Readonly<
    Partial<Record<CandleField, { readonly stored: Shown; readonly ofTrades: Shown }>>
  >;
}

export interface Reconciliation {
  readonly instrumentId: InstrumentId;
  readonly trades: number;
  /** Candles that were held against their trades, by interval. */
  readonly compared: Readonly<Partial<Record<Interval, number>>>;
  /** Candles out of published files, whose trades nobody has. */
  readonly published: number;
  readonly differences: number;
}

export interface ReconcileOptions {
  readonly instrumentId: InstrumentId;
  readonly intervals: readonly Interval[];
  readonly range: TimeRange;
  readonly signal: AbortSignal;
  readonly onDifference: (difference: Difference) => void;
  readonly onProgress: (trades: number, timeMs: number) => void;
}

/** Makes every candle of a range again of the stored trades, and tells of each that is stored otherwise. */
export async function reconcile(stores: Stores, options: ReconcileOptions): Promise<Reconciliation> {
  const { instrumentId, onDifference } = options;
  const compared: Partial<Record<Interval, number>> = {};
  let published = 0;
  let differences = 0;
  const trades = await recomputeCandles(stores, {
    ...options,
    closedThroughMs: await newestTimeOf(stores, instrumentId),
    onPair: (interval, pair) => {
      if (isOfMore(pair)) {
        published++;
        return;
      }
      compared[interval] = (compared[interval] ?? 0) + 1;
      const difference = differenceOf(interval, pair);
      if (difference === null) return;
      differences++;
      onDifference(difference);
    },
  });
  return { instrumentId, trades, compared, published, differences };
}

/** Whether it was published, and has more trades than are stored, of which nobody can say anything. */
function isOfMore({ made, stored }: Pair): boolean {
  if (stored === null || !isPublished(stored)) return false;
  return made === null || made.tradeCount < stored.tradeCount;
}

const FIRST_STEP_BACK_MS = 1000;

/**
 * Of the newest trade whose time is believed: one that was ahead of its venue closes nothing. Behind a long stretch of those
 * it is a little earlier, and the last candles before the stretch are left alone.
 */
async function newestTimeOf({ trades }: Stores, instrumentId: InstrumentId): Promise<number> {
  let newest = await trades.latest(instrumentId);
  for (let stepMs = 0; newest !== null; stepMs = Math.max(FIRST_STEP_BACK_MS, 2 * stepMs)) {
    if (!isFlagged(newest.quality ?? UNFLAGGED, 'future-time')) return newest.timeMs;
    newest = await trades.latest(instrumentId, newest.timeMs - stepMs);
  }
  return 0;
}

function differenceOf(interval: Interval, { made, stored }: Pair): Difference | null {
  const { instrumentId, openTimeMs } = made ?? stored;
  const at = { instrumentId, interval, openTimeMs, revision: stored?.revision ?? null };
  if (made === null) return { ...at, kind: 'without-trades', fields: {} };
  if (stored === null) return { ...at, kind: 'missing', fields: {} };
  const fields = differingFields(made, stored);
  if (fields.length === 0) return null;
  return {
    ...at,
    kind: 'different',
    fields: Object.fromEntries(
      fields.map((field) => [field, { stored: shown(stored, field), ofTrades: shown(made, field) }]),
    ),
  };
}

function shown(candle: Candle, field: CandleField): Shown {
  const value = candle[field];
  return typeof value === 'bigint' ? formatDecimal(value) : value;
}
