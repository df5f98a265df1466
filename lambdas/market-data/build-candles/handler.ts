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
import { lanePricesOf, latestCloseOf } from '../../../shared/contracts/lane-prices.ts';
import { laneKey, lanePricesKey, longerCandlesKey } from '../../../shared/contracts/record-keys.ts';
import {
  advanceWatermark,
  foldTrade,
  noteInterruption,
  startFold,
  type ClosedCandle,
  type FoldOutcomes,
  type InstrumentFold,
  type LateTrade,
} from '../../../shared/domain/candles/fold.ts';
import {
  closesWithin,
  emptyPlan,
  isDone,
  planCandle,
  type RefoldPlan,
} from '../../../shared/domain/candles/refold-plan.ts';
import { inClosingOrder } from '../../../shared/domain/candles/closing-order.ts';
import {
  INTERVALS,
  intervalMs,
  shortestFirst,
  type Interval,
} from '../../../shared/domain/candles/interval.ts';
import {
  REDRIVE_SESSION,
  type LaneRecord,
  type TradesRecordV1,
} from '../../../shared/contracts/stream-records.ts';
import { qualityEvent, QualityLog } from '../../../shared/domain/market-data/quality-event.ts';
import { isFlagged, UNFLAGGED } from '../../../shared/domain/market-data/quality-flags.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { StoredCandle } from '../../../shared/ports/candle-store.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { recordOfLane, type StreamRecord } from '../../../shared/ports/stream-writer.ts';
import { defineLaneFold, type Emission, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';
import { tellOfQuality } from '../../../shared/runtime/tell-of-quality.ts';
import { refoldCandlesOf } from './refold-candles.ts';

/** As often as a 1s candle closes: each write of each lane is paid for. */
const PRICES_EVERY_MS = 1000;

interface State {
  sessionId: string | null;
  /** How far the venue's clock is ahead of the collector's; null: nobody says so. */
  venueOffsetMs: number | null;
  readonly folds: Map<InstrumentId, InstrumentFold>;
  readonly intervals: readonly Interval[];
  /** What is to be made again: nearly always nothing. */
  readonly refolds: Map<InstrumentId, RefoldPlan>;
}

interface Effects {
  readonly closed: (ClosedCandle & {
    readonly throughSequence: string;
    readonly venueOffsetMs: number | null;
  })[];
  /** Lanes in which something is to be made again. */
  readonly doubtful: Map<string, State>;
}

type TradesRecord = Extract<LaneRecord, { kind: 'trades' }>;

type Needs = Pick<Ports, 'state' | 'trades' | 'candles' | 'bus' | 'streams'>;

/** Folds the trades of a lane into candles; stores the closed ones, then announces them. */
export function createHandler(ports: Needs, intervals: readonly Interval[] = INTERVALS) {
  const shortest = shortestFirst(intervals)[0]!;
  return defineLaneFold<State, Effects>('build-candles', ports.state, {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'build-candles'),
    open: (stored, longer) => openState(stored, longer, intervals),
    store: ({ sessionId, venueOffsetMs, folds, refolds }) => ({
      sessionId,
      ...offsetField(venueOffsetMs),
      ...encodeFolds(folds.values()),
      ...(refolds.size === 0 ? {} : { refolds: Object.fromEntries(refolds) }),
    }),
    aside: {
      key: longerCandlesKey,
      mark: (state) => markOfLonger(state.folds.values()),
      store: (state) => encodeLonger(state.folds.values()),
    },
    told: {
      key: lanePricesKey,
      everyMs: PRICES_EVERY_MS,
      moment: ({ folds }) => latestCloseOf(folds.values()),
      store: ({ folds }) => lanePricesOf(folds.values()),
    },
    noEffects: () => ({ closed: [], doubtful: new Map() }),
    fold: takeRecord,
    emit: async (effects, emission) => emitBatch(ports, effects, emission, shortest),
  });
}

function openState(stored: unknown, longer: unknown, intervals: readonly Interval[]): State {
  const record = stored as
    (LaneCandlesRecord & { sessionId: string | null; venueOffsetMs?: number }) | undefined;
  return {
    sessionId: record?.sessionId ?? null,
    venueOffsetMs: record?.venueOffsetMs ?? null,
    folds: new Map(
      record === undefined
        ? []
        : decodeFolds(record, (longer as LaneCandlesRecord | undefined) ?? null, intervals).map((fold) => [
            fold.instrumentId,
            fold,
          ]),
    ),
    intervals,
    // They are changed in place, and what was read is not ours.
    refolds: new Map(Object.entries(structuredClone(record?.refolds ?? {}))),
  };
}

function takeRecord(state: State, { record, lane, sequenceNumber }: FoldedRecord, effects: Effects): void {
  if (record.kind !== 'trades') return;
  noteSession(state, record);
  noteOffset(state, record);
  const closed: ClosedCandle[] = [];
  const late: LateTrade[] = [];
  const outcomes = { closed, late };
  const before = watermarksOfPlanned(state);
  for (const trade of record.trades) {
    foldTrade(foldOf(state, trade.instrumentId), trade, outcomes);
    if (late.length > 0) planRefold(state, late.splice(0), sequenceNumber);
    else if (state.refolds.size > 0) endHistory(state, trade.instrumentId);
  }
  takeWatermarks(state, record, outcomes);
  for (const candle of closed)
    effects.closed.push({ ...candle, throughSequence: sequenceNumber, venueOffsetMs: state.venueOffsetMs });
  if (state.refolds.size === 0) return;
  // What closes here has trades of records before this one, which are stored when this one is.
  for (const [instrumentId, watermarkMs] of before) {
    const plan = state.refolds.get(instrumentId)!;
    if (closesWithin(plan, watermarkMs, foldOf(state, instrumentId).watermarkMs))
      plan.throughSequence = sequenceNumber;
  }
  if (record.ends === true || record.sessionId === REDRIVE_SESSION)
    for (const instrumentId of state.refolds.keys()) endHistory(state, instrumentId);
  effects.doubtful.set(lane, state);
}

function watermarksOfPlanned({ refolds, folds }: State): readonly (readonly [InstrumentId, number])[] {
  return Array.from(refolds.keys(), (instrumentId) => [instrumentId, folds.get(instrumentId)!.watermarkMs]);
}

function takeWatermarks(state: State, record: TradesRecord, outcomes: FoldOutcomes): void {
  for (const { instrumentId, timeMs, nextTradeId } of record.watermarks) {
    const fold = foldOf(state, instrumentId);
    if (timeMs >= fold.watermarkMs) endHistory(state, instrumentId);
    advanceWatermark(fold, timeMs, outcomes, nextTradeId);
  }
  const { laneWatermarkMs } = record;
  if (laneWatermarkMs === null) return;
  for (const fold of state.folds.values()) {
    if (laneWatermarkMs >= fold.watermarkMs) endHistory(state, fold.instrumentId);
    advanceWatermark(fold, laneWatermarkMs, outcomes);
  }
}

function planRefold(state: State, late: readonly LateTrade[], throughSequence: string): void {
  for (const { interval, trade, isNeighbour } of late) {
    const { instrumentId, timeMs } = trade;
    let plan = state.refolds.get(instrumentId);
    if (plan === undefined) state.refolds.set(instrumentId, (plan = emptyPlan(throughSequence)));
    plan.throughSequence = throughSequence;
    // What was missing lies in the candle under way, where time goes on.
    plan.edgeMs = isNeighbour === true ? null : timeMs;
    planCandle(plan, interval, timeMs);
  }
}

/** Time goes on where it was: what was told of the past is all that there is. */
function endHistory({ refolds }: State, instrumentId: InstrumentId): void {
  const plan = refolds.get(instrumentId);
  if (plan !== undefined) plan.edgeMs = null;
}

/** A new session means that trades may have passed unseen; a trade sent again from quarantine means nothing of the kind. */
function noteSession(state: State, record: TradesRecord): void {
  if (record.sessionId === state.sessionId || record.sessionId === REDRIVE_SESSION) return;
  if (state.sessionId !== null) for (const fold of state.folds.values()) noteInterruption(fold);
  state.sessionId = record.sessionId;
}

/** What is replayed has the venue's time alone, whoever listened here before. */
function noteOffset(state: State, { venueOffsetMs, fence, sessionId, trades }: TradesRecord): void {
  const isReplayed = fence === null && trades.length > 0 && sessionId !== REDRIVE_SESSION;
  state.venueOffsetMs = venueOffsetMs ?? (isReplayed ? null : state.venueOffsetMs);
}

/** Left out where there is none: what is stored and told of a replay is what it was before clocks were compared. */
function offsetField(venueOffsetMs: number | null): { readonly venueOffsetMs?: number } {
  return venueOffsetMs === null ? {} : { venueOffsetMs };
}

function foldOf(state: State, instrumentId: InstrumentId): InstrumentFold {
  let fold = state.folds.get(instrumentId);
  if (fold === undefined) state.folds.set(instrumentId, (fold = startFold(instrumentId, state.intervals)));
  return fold;
}

async function emitBatch(
  ports: Needs,
  { closed, doubtful }: Effects,
  { mayRepeat, invocation }: Emission,
  shortest: Interval,
): Promise<void> {
  if (closed.length > 0) {
    await ports.candles.insert(closed satisfies readonly StoredCandle[], { mayRepeat });
    await ports.bus.publish(announcements(closed));
    await tellOfQuality(ports.bus, gapsIn(closed, shortest));
    invocation.count('candlesClosed', closed.length);
  }
  for (const [lane, state] of doubtful) {
    const { refolds, folds } = state;
    const planned = [...refolds].map(([instrumentId, plan]) => ({ fold: folds.get(instrumentId)!, plan }));
    const { revised, isLeft } = await refoldCandlesOf(ports, lane, planned, invocation);
    for (const [instrumentId, plan] of refolds) if (isDone(plan)) refolds.delete(instrumentId);
    if (revised > 0) invocation.count('candlesRevised', revised);
    if (isLeft) await ports.streams.append('trades', [goOn(lane, state)]);
  }
}

/** An empty record, behind which the rest is made: where a tape has ended, no other would come. */
function goOn(lane: string, { sessionId }: State): StreamRecord {
  const body: TradesRecordV1 = {
    v: 1,
    kind: 'trades',
    lane,
    sessionId: sessionId ?? REDRIVE_SESSION,
    instruments: [],
    trades: [],
    laneWatermarkMs: null,
    watermarks: [],
  };
  return recordOfLane(lane, Buffer.from(JSON.stringify(body)));
}

/** Of the shortest interval alone: longer candles say the same once more. */
function gapsIn(closed: readonly ClosedCandle[], shortest: Interval): QualityLog {
  const log = new QualityLog();
  for (const { instrumentId, interval, openTimeMs, firstTradeId, lastTradeId, quality } of closed) {
    if (interval !== shortest || !isFlagged(quality ?? UNFLAGGED, 'gap')) continue;
    const what = `trades are missing in or next to ${firstTradeId} to ${lastTradeId}`;
    const toMs = openTimeMs + intervalMs(interval);
    log.note(qualityEvent({ instrumentId, flag: 'gap', subject: 'candle', atMs: openTimeMs, toMs, what }));
  }
  return log;
}

/** In the order within an instant, at most 100 candles an event. */
function announcements(closed: Effects['closed']) {
  const candles = inClosingOrder(closed).map((candle): AnnouncedCandle => ({
    ...candleViewOf(candle),
    previousOpenTimeMs: candle.previousOpenTimeMs,
    ...offsetField(candle.venueOffsetMs),
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
