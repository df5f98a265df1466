import {
  MAX_CANDLES_AN_EVENT,
  type ClosedCandle as AnnouncedCandle,
} from '../../../shared/contracts/events.ts';
import {
  candleViewOf,
  decodeFolds,
  encodeFolds,
  encodeLonger,
  markOfLonger,
  type LaneCandlesRecord,
} from '../../../shared/contracts/lane-candles.ts';
import { laneKey, longerCandlesKey } from '../../../shared/contracts/record-keys.ts';
import {
  advanceWatermark,
  foldTrade,
  noteInterruption,
  startFold,
  type ClosedCandle,
  type InstrumentFold,
  type LateTrade,
} from '../../../shared/domain/candles/fold.ts';
import { inClosingOrder } from '../../../shared/domain/candles/closing-order.ts';
import { INTERVALS, type Interval } from '../../../shared/domain/candles/interval.ts';
import { REDRIVE_SESSION, type LaneRecord } from '../../../shared/contracts/stream-records.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { StoredCandle } from '../../../shared/ports/candle-store.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineLaneFold, type Emission, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';
import { reviseLateCandles, type LateBatch } from './revise-late-candles.ts';

interface State {
  sessionId: string | null;
  readonly folds: Map<InstrumentId, InstrumentFold>;
  readonly intervals: readonly Interval[];
}

interface Effects {
  readonly closed: (ClosedCandle & { readonly throughSequence: string })[];
  readonly late: LateBatch[];
}

type TradesRecord = Extract<LaneRecord, { kind: 'trades' }>;

/** Folds the trades of a lane into candles; stores the closed ones, then announces them. */
export function createHandler(
  ports: Pick<Ports, 'state' | 'candles' | 'bus'>,
  intervals: readonly Interval[] = INTERVALS,
) {
  return defineLaneFold<State, Effects>('build-candles', ports.state, {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'build-candles'),
    open: (stored, longer) => openState(stored, longer, intervals),
    store: (state) => ({ sessionId: state.sessionId, ...encodeFolds(state.folds.values()) }),
    aside: {
      key: longerCandlesKey,
      mark: (state) => markOfLonger(state.folds.values()),
      store: (state) => encodeLonger(state.folds.values()),
    },
    noEffects: () => ({ closed: [], late: [] }),
    fold: takeRecord,
    emit: async (effects, emission) => emitBatch(ports, effects, emission),
  });
}

function openState(stored: unknown, longer: unknown, intervals: readonly Interval[]): State {
  const record = stored as (LaneCandlesRecord & { sessionId: string | null }) | undefined;
  return {
    sessionId: record?.sessionId ?? null,
    folds: new Map(
      record === undefined
        ? []
        : decodeFolds(record, (longer as LaneCandlesRecord | undefined) ?? null, intervals).map((fold) => [
            fold.instrumentId,
            fold,
          ]),
    ),
    intervals,
  };
}

function takeRecord(state: State, { record, sequenceNumber }: FoldedRecord, effects: Effects): void {
  if (record.kind !== 'trades') return;
  noteSession(state, record);
  const closed: ClosedCandle[] = [];
  const late: LateTrade[] = [];
  const outcomes = { closed, late };
  for (const trade of record.trades) foldTrade(foldOf(state, trade.instrumentId), trade, outcomes);
  for (const { instrumentId, timeMs, nextTradeId } of record.watermarks) {
    advanceWatermark(foldOf(state, instrumentId), timeMs, outcomes, nextTradeId);
  }
  if (record.laneWatermarkMs !== null) {
    for (const fold of state.folds.values()) advanceWatermark(fold, record.laneWatermarkMs, outcomes);
  }
  for (const candle of closed) effects.closed.push({ ...candle, throughSequence: sequenceNumber });
  if (late.length > 0) {
    effects.late.push({ late, closed, observed: observedNow(state, late), throughSequence: sequenceNumber });
  }
}

/** Revisions are written after the whole batch, and what they say must not depend on where it happened to end. */
function observedNow(state: State, late: readonly LateTrade[]): LateBatch['observed'] {
  const instrumentIds = new Set(late.map(({ trade }) => trade.instrumentId));
  return new Map(
    [...instrumentIds].map((id) => {
      const { instrumentId, seen, interrupted, intervals } = foldOf(state, id);
      const since = intervals.map(({ interval, observedSinceMs }) => ({ interval, observedSinceMs }));
      return [id, { instrumentId, seen: structuredClone(seen), interrupted, intervals: since }];
    }),
  );
}

/** A new session means that trades may have passed unseen; a trade sent again from quarantine means nothing of the kind. */
function noteSession(state: State, record: TradesRecord): void {
  if (record.sessionId === state.sessionId || record.sessionId === REDRIVE_SESSION) return;
  if (state.sessionId !== null) for (const fold of state.folds.values()) noteInterruption(fold);
  state.sessionId = record.sessionId;
}

function foldOf(state: State, instrumentId: InstrumentId): InstrumentFold {
  let fold = state.folds.get(instrumentId);
  if (fold === undefined) state.folds.set(instrumentId, (fold = startFold(instrumentId, state.intervals)));
  return fold;
}

async function emitBatch(
  ports: Pick<Ports, 'candles' | 'bus'>,
  { closed, late }: Effects,
  { mayRepeat, invocation }: Emission,
): Promise<void> {
  if (closed.length > 0) {
    await ports.candles.insert(closed satisfies readonly StoredCandle[], { mayRepeat });
    await ports.bus.publish(announcements(closed));
    invocation.count('candlesClosed', closed.length);
  }
  if (late.length > 0) invocation.count('candlesRevised', await reviseLateCandles(ports.candles, late));
}

/** In the order within an instant, at most 100 candles an event. */
function announcements(closed: readonly ClosedCandle[]) {
  const candles = inClosingOrder(closed).map((candle): AnnouncedCandle => ({
    ...candleViewOf(candle),
    previousOpenTimeMs: candle.previousOpenTimeMs,
  }));
  const events = [];
  for (let i = 0; i < candles.length; i += MAX_CANDLES_AN_EVENT) {
    events.push({
      detailType: 'CandlesClosedV1' as const,
      detail: { candles: candles.slice(i, i + MAX_CANDLES_AN_EVENT) },
    });
  }
  return events;
}
