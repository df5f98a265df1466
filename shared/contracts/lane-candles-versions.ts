/** How build-candles' state of a lane lies in its table: it is written each second, and paid for by the kilobyte. */
import type { StoredFold } from './lane-candles.ts';
import { packFolds, unpackFolds } from './packed-folds.ts';
import { asItLies, type Stored, type Versions } from './versioned.ts';

interface LaneRecord {
  readonly state: { readonly folds: readonly StoredFold[] };
}

interface PackedRecord {
  readonly state: { readonly packed: string };
}

function lay(record: LaneRecord & Stored): Stored {
  const { folds, ...state } = record.state;
  return { ...record, state: { ...state, packed: packFolds(folds) } };
}

function unpack(stored: Stored): unknown {
  const { packed, ...state } = (stored as unknown as PackedRecord).state;
  return { ...stored, state: { ...state, folds: unpackFolds(packed) } };
}

/** Version 1 has never been released with any other form. */
export const LANE_CANDLES: Versions = { writes: 1, reads: { 0: asItLies, 1: unpack }, lay };
