/**
 * What every stream fold does: walk the records of a batch in order, keep one state item per lane (and one aside), emit what came
 * of it, and only then write the state under its version. A crash anywhere repeats the batch: records at or below a
 * lane's last sequence number are skipped, and whatever is emitted again has the ids that it had before.
 */
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { isFenced, NO_FENCE } from '../contracts/fence.ts';
import { parseLaneRecord, REDRIVE_SESSION, type LaneRecord } from '../contracts/stream-records.ts';
import { conditionOn, type ItemKey, type PutWrite, type StateStore } from '../ports/state-store.ts';
import type { Time } from '../ports/time.ts';
import type { FunctionName, TableName } from '../topology.ts';
import { defineFunction, type FunctionHandler, type Invocation } from './define-function.ts';

export interface FoldedRecord {
  readonly record: LaneRecord;
  readonly lane: string;
  readonly sequenceNumber: string;
}

/** What a fold is told when it emits. */
export interface Emission {
  /** Some of it may have been emitted by an attempt before this one. */
  readonly mayRepeat: boolean;
  readonly invocation: Invocation;
}

export interface LaneFold<State, Effects> {
  readonly table: TableName;
  readonly key: (lane: string) => ItemKey;
  /** A state for a lane that has none, or the stored one. @param aside what lies in the second item, where there is one */
  open(stored: unknown, aside?: unknown): State;
  /** Plain JSON. */
  store(state: State): unknown;
  /** What changes too seldom to be written, and paid for, with each batch. */
  readonly aside?: Aside<State>;
  /** What others may read of a lane. */
  readonly told?: Told<State>;
  noEffects(): Effects;
  /** Changes the state in place and adds to the effects. */
  fold(state: State, folded: FoldedRecord, effects: Effects): void;
  /** A record is passed over: whoever sent it had been followed by another. */
  passOver?(state: State, record: LaneRecord): void;
  /** Resolves when the effects are durable. What it changes in a state is stored with it. */
  emit(effects: Effects, emission: Emission): Promise<void>;
}

/** A second item of a lane, which is written in one transaction with the first whenever it has changed. */
interface Aside<State> {
  readonly key: (lane: string) => ItemKey;
  /** Equal while nothing in it has changed. */
  mark(state: State): string;
  /** Plain JSON. */
  store(state: State): unknown;
}

/**
 * A record for others, which the fold itself never reads: written behind the lane's when its moment has moved on, and what has
 * changed beside that, once in a while and where a tape ends. A fold that took its lane over writes it anew, since nobody
 * knows whether the one before came to it.
 */
interface Told<State> {
  readonly key: (lane: string) => ItemKey;
  readonly everyMs: number;
  /** Of event time, no finer than `everyMs`. */
  moment(state: State): number;
  /** Plain JSON; equal texts of it are not written twice. */
  store(state: State): unknown;
}

interface Lane<State> {
  state: State;
  /** null: no item yet. */
  version: number | null;
  /** Of the second item. */
  asideVersion: number | null;
  /** Of the second item as it is stored; null: it is to be written at the first opportunity. */
  asideMark: string | null;
  /** What others were told; null: nobody here knows. */
  toldText: string | null;
  /** By the even clock of the process. */
  toldAt: number;
  toldMoment: number;
  lastSequence: string;
  /** The greatest that a record of the lane carried. */
  fence: number;
  /** Records that arrived before this instant may have been emitted by whoever held the lane before. */
  readonly heldSinceMs: number;
}

interface StoredLane {
  /** Other folds of the lane read how far this one has come. */
  readonly lastSequence: string;
  /** Left out before the first record that carried one. */
  readonly fence?: number;
  /** The version of the second item that belongs to it; left out where there is none. */
  readonly asideVersion?: number;
  readonly state: unknown;
}

/** The two items were read while somebody wrote them. */
class LaneTornApart extends Error {
  override readonly name = 'LaneTornApart';
  constructor(lane: string) {
    super(`lane ${lane}: its two items do not belong together: somebody else is writing it`);
  }
}

/** Clocks of stream and function may differ by as much. */
const CLOCK_TOLERANCE_MS = 1000;

export function defineLaneFold<State, Effects>(
  name: FunctionName,
  state: StateStore,
  fold: LaneFold<State, Effects>,
): FunctionHandler<KinesisStreamEvent, void> {
  // Lanes stay in memory between invocations; the version of the item tells when somebody else has written it.
  const lanes = new Map<string, Lane<State>>();
  return defineFunction(name, async (event: KinesisStreamEvent, invocation) => {
    // A batch has its lanes to itself until what came of them is durable. Changed in place they are ahead of what is
    // stored, so neither a retry after a failure may find them, nor one beside an attempt that ran out of time and that
    // nobody has ended: it would take records for done of which the effects are still under way.
    const held = await runBatch(state, fold, lanes, event.Records, invocation);
    for (const [laneName, lane] of held) lanes.set(laneName, lane);
  });
}

async function runBatch<State, Effects>(
  store: StateStore,
  fold: LaneFold<State, Effects>,
  lanes: Map<string, Lane<State>>,
  records: readonly KinesisStreamRecord[],
  invocation: Invocation,
): Promise<ReadonlyMap<string, Lane<State>>> {
  const held = new Map<string, Lane<State>>();
  const effects = fold.noEffects();
  const touched = new Set<string>();
  const ended = new Set<string>();
  let mayRepeat = false;
  for (const { kinesis } of records) {
    const record = readRecord(kinesis);
    const laneName = record.kind === 'unreadable' ? kinesis.partitionKey : record.lane;
    const lane = held.get(laneName) ?? (await takeLane(store, fold, lanes, laneName, invocation.time));
    held.set(laneName, lane);
    if (isLastForNow(record)) ended.add(laneName);
    const { sequenceNumber } = kinesis;
    if (compareSequences(sequenceNumber, lane.lastSequence) <= 0) continue;
    lane.lastSequence = sequenceNumber;
    touched.add(laneName);
    if (!passesFence(lane, record)) {
      invocation.count('recordsFenced');
      fold.passOver?.(lane.state, record);
      continue;
    }
    const arrivedAtMs = kinesis.approximateArrivalTimestamp * 1000;
    mayRepeat ||= arrivedAtMs < lane.heldSinceMs + CLOCK_TOLERANCE_MS;
    fold.fold(lane.state, { record, lane: laneName, sequenceNumber }, effects);
  }
  if (touched.size > 0) await fold.emit(effects, { mayRepeat, invocation });
  for (const lane of touched) await storeLane(store, fold, lane, held.get(lane)!);
  for (const [laneName, lane] of held) {
    // A lane that was taken over with all of the batch done: whoever did it may not have come to this.
    if (touched.has(laneName) || lane.toldText === null)
      await tellOthers(store, fold, laneName, lane, ended.has(laneName), invocation.time.elapsedMs());
  }
  return held;
}

/** Whoever sent it may have been followed by another collector without knowing; that one has sent the same again. */
function passesFence(lane: { fence: number }, record: LaneRecord): boolean {
  if (record.kind !== 'trades') return true;
  if (isFenced(record.fence, lane.fence)) return false;
  lane.fence = record.fence ?? lane.fence;
  return true;
}

/**
 * Several folds read each record of a stream. In one process they are given the same object, and it is parsed once;
 * inside Lambda every event is new, and this remembers nothing.
 */
const parsed = new WeakMap<object, LaneRecord>();

function readRecord(kinesis: KinesisStreamRecord['kinesis']): LaneRecord {
  let record = parsed.get(kinesis);
  if (record === undefined) {
    record = parseLaneRecord(Buffer.from(kinesis.data, 'base64').toString('utf8'));
    parsed.set(kinesis, record);
  }
  return record;
}

/** Out of memory, where it is, and as it is stored, where it is not. */
async function takeLane<State, Effects>(
  store: StateStore,
  fold: LaneFold<State, Effects>,
  lanes: Map<string, Lane<State>>,
  lane: string,
  time: Time,
): Promise<Lane<State>> {
  const known = lanes.get(lane);
  lanes.delete(lane);
  if (known !== undefined) return known;
  const item = await store.get<StoredLane>(fold.table, fold.key(lane));
  const aside = fold.aside === undefined ? null : await store.get(fold.table, fold.aside.key(lane));
  // A batch that fails is tried again, and finds the items as that writer left them.
  if ((item?.value.asideVersion ?? null) !== (aside?.version ?? null)) throw new LaneTornApart(lane);
  return {
    state: fold.open(item?.value.state, aside?.value),
    version: item?.version ?? null,
    asideVersion: aside?.version ?? null,
    asideMark: null,
    toldText: null,
    toldAt: -Infinity,
    toldMoment: -Infinity,
    lastSequence: item?.value.lastSequence ?? '',
    fence: item?.value.fence ?? NO_FENCE,
    heldSinceMs: time.nowMs(),
  };
}

async function storeLane<State, Effects>(
  store: StateStore,
  fold: LaneFold<State, Effects>,
  laneName: string,
  lane: Lane<State>,
): Promise<void> {
  const { table, aside } = fold;
  const mark = aside?.mark(lane.state) ?? null;
  const asideWrite =
    aside === undefined || mark === lane.asideMark ? null : putAside(table, aside, laneName, lane);
  const asideVersion = asideWrite === null ? lane.asideVersion : (lane.asideVersion ?? 0) + 1;
  const value: StoredLane = {
    lastSequence: lane.lastSequence,
    ...(lane.fence === NO_FENCE ? {} : { fence: lane.fence }),
    ...(asideVersion === null ? {} : { asideVersion }),
    state: fold.store(lane.state),
  };
  const write: PutWrite = {
    kind: 'put',
    table,
    ...fold.key(laneName),
    value,
    condition: conditionOn(lane.version),
  };
  if (asideWrite === null) await store.write(write);
  else await store.transact([write, asideWrite]);
  lane.version = (lane.version ?? 0) + 1;
  lane.asideVersion = asideVersion;
  lane.asideMark = mark;
}

/** Nothing may follow it by itself, that others could be told of with. */
function isLastForNow(record: LaneRecord): boolean {
  return record.kind === 'trades' && (record.ends === true || record.sessionId === REDRIVE_SESSION);
}

async function tellOthers<State, Effects>(
  store: StateStore,
  { table, told }: LaneFold<State, Effects>,
  laneName: string,
  lane: Lane<State>,
  hasEnded: boolean,
  now: number,
): Promise<void> {
  if (told === undefined) return;
  const moment = told.moment(lane.state);
  if (!hasEnded && moment <= lane.toldMoment && now - lane.toldAt < told.everyMs) return;
  const value = told.store(lane.state);
  const text = JSON.stringify(value);
  if (text === lane.toldText) return;
  await store.write({ kind: 'put', table, ...told.key(laneName), value, condition: { kind: 'none' } });
  lane.toldText = text;
  lane.toldAt = now;
  lane.toldMoment = moment;
}

function putAside<State>(
  table: TableName,
  aside: Aside<State>,
  laneName: string,
  lane: Lane<State>,
): PutWrite {
  return {
    kind: 'put',
    table,
    ...aside.key(laneName),
    value: aside.store(lane.state),
    condition: conditionOn(lane.asideVersion),
  };
}

/** Sequence numbers are decimal digits without leading zeros, too long for a double. */
export function compareSequences(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
