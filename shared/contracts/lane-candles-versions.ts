/** How build-candles' state of a lane lies in its table: it is written each second, and paid for by the kilobyte. */
import { decimal, formatDecimal } from '../domain/decimal.ts';
import type { StoredFold, StoredOpenCandle } from './lane-candles.ts';
import { unpackFoldsOfTrades, type FoldOfTrades } from './packed-folds-of-trades.ts';
import { packFolds, unpackFolds } from './packed-folds.ts';
import type { Stored, Versions } from './versioned.ts';

interface LaneRecord<Fold = StoredFold> {
  readonly state: { readonly folds: readonly Fold[] };
}

interface PackedRecord {
  readonly state: { readonly packed: string };
}

function lay(record: LaneRecord & Stored): Stored {
  const { folds, ...state } = record.state;
  return { ...record, state: { ...state, packed: packFolds(folds) } };
}

/** A reader of what was packed. */
function unpackedBy(unpack: (packed: string) => readonly StoredFold[]) {
  return (stored: Stored): unknown => {
    const { packed, ...state } = (stored as unknown as PackedRecord).state;
    return { ...stored, state: { ...state, folds: unpack(packed) } };
  };
}

function ofTrades(stored: Stored): unknown {
  const { state } = stored as unknown as LaneRecord<FoldOfTrades>;
  return { ...stored, state: { ...state, folds: state.folds.map(withoutShorter) } };
}

/** What the open candles of the shorter intervals hold comes to a longer one when they close, and is not to come twice. */
function withoutShorter({ observedSinceMs, intervals, ...fold }: FoldOfTrades): StoredFold {
  return {
    ...fold,
    closingTrade: intervals[0]?.closingTrade ?? null,
    intervals: intervals.map(({ interval, open, previousOpenTimeMs }, n) => ({
      interval,
      observedSinceMs,
      open: open === null ? null : less(open, intervals[n - 1]?.open ?? null),
      previousOpenTimeMs,
    })),
  };
}

/** Sums are taken apart; the first and last, highest and lowest trade stay what they are when the shorter one comes. */
function less(open: StoredOpenCandle, shorter: StoredOpenCandle | null): StoredOpenCandle | null {
  if (shorter === null) return open;
  const tradeCount = open.tradeCount - shorter.tradeCount;
  if (tradeCount === 0) return null;
  const rest = (name: 'volume' | 'quoteVolume' | 'takerBuyVolume'): string =>
    formatDecimal(decimal(open[name]) - decimal(shorter[name]));
  return {
    ...open,
    volume: rest('volume'),
    quoteVolume: rest('quoteVolume'),
    takerBuyVolume: rest('takerBuyVolume'),
    tradeCount,
  };
}

const unpackLonger = (stored: Stored): unknown => ({ folds: unpackFolds(stored['packed'] as string) });

/** The longer intervals lie packed from their first version on; the second may carry flags. */
export const LONGER_CANDLES: Versions = {
  writes: 2,
  reads: { 0: unpackLonger, 1: unpackLonger, 2: unpackLonger },
  lay: ({ folds }: { readonly folds: readonly StoredFold[] }) => ({ packed: packFolds(folds) }),
};

/** The third says more than the second: when the newest trade was, when ids began anew, flags, what is to be made again. */
export const LANE_CANDLES: Versions = {
  writes: 3,
  reads: {
    0: ofTrades,
    1: unpackedBy((packed) => unpackFoldsOfTrades(packed).map(withoutShorter)),
    2: unpackedBy(unpackFolds),
    3: unpackedBy(unpackFolds),
  },
  lay,
};
