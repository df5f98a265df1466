import { laneKey } from '../../../shared/contracts/record-keys.ts';
import type { Candle } from '../../../shared/domain/candles/candle.ts';
import { noteClose, type InstrumentFold } from '../../../shared/domain/candles/fold.ts';
import { intervalMs, openTimeOf, type Interval } from '../../../shared/domain/candles/interval.ts';
import {
  asSeenBy,
  refoldCandles,
  refoldTrades,
  revisionOf,
  type Neighbours,
} from '../../../shared/domain/candles/refold.ts';
import {
  dueSpans,
  hasDue,
  planCandle,
  strike,
  type RefoldPlan,
  type Span,
} from '../../../shared/domain/candles/refold-plan.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { MAX_ROWS_A_READ } from '../../../shared/ports/read-limit.ts';
import type { Time } from '../../../shared/ports/time.ts';
import type { Invocation } from '../../../shared/runtime/define-function.ts';
import { compareSequences } from '../../../shared/runtime/lane-fold.ts';

type Needs = Pick<Ports, 'state' | 'trades' | 'candles'>;

/** What is to be made again of one instrument. */
export interface Refold {
  readonly fold: InstrumentFold;
  readonly plan: RefoldPlan;
}

/** What is read and written at once: of the shortest interval, and of those that are made of shorter ones. */
const CANDLES_AT_ONCE = 120;
const PARENTS_AT_ONCE = 240;
/** A function has five seconds; what is left waits for the next record. */
const LEAST_REMAINING_MS = 2000;
const STORE_LAG_MS = 250;
const LOOK_EVERY_MS = 25;

/**
 * Makes closed candles again of the trades that are stored, once their writer has passed what put them in doubt, and
 * longer ones of the shorter. A revision is written where one differs from the latest. Done again, it finds nothing to do.
 * @returns how many revisions were written, and whether something is left that could be made now.
 */
export async function refoldCandlesOf(
  ports: Needs,
  lane: string,
  refolds: readonly Refold[],
  invocation: Invocation,
): Promise<{ readonly revised: number; readonly isLeft: boolean }> {
  const due = refolds.filter(isDue);
  if (due.length === 0) return { revised: 0, isLeft: false };
  const stored = await storedThrough(ports, lane, due, invocation.time);
  let revised = 0;
  for (const refold of due) {
    if (compareSequences(refold.plan.throughSequence, stored) <= 0)
      revised += await refoldAll(ports, refold, invocation);
  }
  // While history is being told, records follow by themselves.
  return { revised, isLeft: due.some((refold) => refold.plan.edgeMs === null && isDue(refold)) };
}

function isDue({ fold, plan }: Refold): boolean {
  return hasDue(plan, fold.watermarkMs);
}

/** The shortest interval first: the others are made of it. */
async function refoldAll(ports: Needs, refold: Refold, invocation: Invocation): Promise<number> {
  let written = 0;
  let shorter: Interval | null = null;
  for (const { interval } of refold.fold.intervals) {
    if (isShortOfTime(invocation)) break;
    written +=
      shorter === null
        ? await refoldShortest(ports, refold, interval, invocation)
        : await refoldLonger(ports, refold, interval, shorter, invocation);
    shorter = interval;
  }
  return written;
}

function isShortOfTime(invocation: Invocation): boolean {
  return invocation.remainingMs() < LEAST_REMAINING_MS;
}

/**
 * How far the trades of the lane are stored. Where no history is being told, more records may be long in coming, so that
 * it is waited for.
 */
async function storedThrough(
  { state }: Needs,
  lane: string,
  due: readonly Refold[],
  time: Time,
): Promise<string> {
  const awaited = due
    .filter(({ plan }) => plan.edgeMs === null)
    .map(({ plan }) => plan.throughSequence)
    .reduce((a, b) => (compareSequences(a, b) >= 0 ? a : b), '');
  const until = time.elapsedMs() + STORE_LAG_MS;
  for (;;) {
    const item = await state.get<{ readonly lastSequence: string }>(
      'market-data',
      laneKey(lane, 'store-trades'),
    );
    const stored = item?.value.lastSequence ?? '';
    if (compareSequences(stored, awaited) >= 0 || time.elapsedMs() >= until) return stored;
    await time.sleep(LOOK_EVERY_MS);
  }
}

async function refoldShortest(
  ports: Needs,
  { fold, plan }: Refold,
  interval: Interval,
  invocation: Invocation,
): Promise<number> {
  let written = 0;
  const beside: number[] = [];
  for (const span of portions(dueSpans(plan, interval, fold.watermarkMs), interval, CANDLES_AT_ONCE)) {
    const { revised, besideMs } = await refoldSpan(ports, { fold, plan }, interval, span);
    written += revised;
    beside.push(...besideMs);
    strike(plan, interval, span);
    if (isShortOfTime(invocation)) break;
  }
  // What lies next to them may have been incomplete for want of them alone. It is made here and now where it is closed: in the
  // plan it would lead on to its own neighbours.
  for (const timeMs of beside) {
    const fromMs = openTimeOf(timeMs, interval);
    const span = { fromMs, toMs: fromMs + intervalMs(interval) };
    const isClosed = span.toMs <= fold.watermarkMs;
    for (const state of fold.intervals)
      if (state.interval !== interval || !isClosed) planCandle(plan, state.interval, timeMs);
    if (isClosed && !isBeyondEdge(plan, span))
      written += (await refoldSpan(ports, { fold, plan }, interval, span)).revised;
  }
  return written;
}

function isBeyondEdge({ edgeMs }: RefoldPlan, { fromMs, toMs }: Span): boolean {
  return edgeMs !== null && fromMs <= edgeMs && toMs > openTimeOf(edgeMs, '1m');
}

async function refoldSpan(
  ports: Needs,
  { fold, plan }: Refold,
  interval: Interval,
  span: Span,
): Promise<{ readonly revised: number; readonly besideMs: readonly number[] }> {
  const { instrumentId } = fold;
  const trades = await tradesBetween(ports, instrumentId, span);
  const [first, last] = [trades[0], trades.at(-1)];
  if (first === undefined || last === undefined) return { revised: 0, besideMs: [] };
  const around = await neighboursOf(ports, instrumentId, span);
  const made = inSight(fold, refoldTrades(trades, interval, around), around);
  const revised = await writeRevisions(ports, plan, interval, made, span);
  const newest = made.at(-1)!;
  noteClose(fold, { price: newest.close, timeMs: newest.lastTimeMs, tradeId: newest.lastTradeId });
  const { before, after } = around;
  return {
    revised,
    besideMs: [
      ...(before?.tradeId === first.tradeId - 1 ? [before.timeMs] : []),
      ...(after?.tradeId === last.tradeId + 1 ? [after.timeMs] : []),
    ],
  };
}

async function refoldLonger(
  ports: Needs,
  { fold, plan }: Refold,
  interval: Interval,
  shorter: Interval,
  invocation: Invocation,
): Promise<number> {
  const { instrumentId } = fold;
  let written = 0;
  for (const span of portions(dueSpans(plan, interval, fold.watermarkMs), interval, PARENTS_AT_ONCE)) {
    const parts = await ports.candles.between(instrumentId, shorter, span.fromMs, span.toMs, MAX_ROWS_A_READ);
    const around = await neighboursOf(ports, instrumentId, span);
    const made = inSight(fold, refoldCandles(parts, interval, around), around);
    written += await writeRevisions(ports, plan, interval, made, span);
    strike(plan, interval, span);
    if (isShortOfTime(invocation)) break;
  }
  return written;
}

/** A tape is stored a little behind, or before, what is folded of it. */
function inSight(fold: InstrumentFold, made: readonly Candle[], { after }: Around): readonly Candle[] {
  return after === null ? asSeenBy(fold, made) : made;
}

async function writeRevisions(
  { candles }: Needs,
  { throughSequence }: RefoldPlan,
  interval: Interval,
  made: readonly Candle[],
  { fromMs, toMs }: Span,
): Promise<number> {
  const [first] = made;
  if (first === undefined) return 0;
  const stored = await candles.between(first.instrumentId, interval, fromMs, toMs, MAX_ROWS_A_READ);
  const baseOf = new Map(stored.map((candle) => [candle.openTimeMs, candle]));
  const revisions = made.flatMap((candle) => {
    const base = baseOf.get(candle.openTimeMs) ?? null;
    // Where a shorter interval was begun later, the longer one knows of more than that can tell.
    if (base !== null && base.tradeCount > candle.tradeCount) return [];
    const revision = revisionOf(base, candle);
    return revision === null ? [] : [{ ...revision, throughSequence }];
  });
  if (revisions.length > 0) await candles.insert(revisions, { mayRepeat: false });
  return revisions.length;
}

interface Around extends Neighbours {
  readonly before: Trade | null;
  readonly after: Trade | null;
}

async function neighboursOf(
  { trades }: Needs,
  instrumentId: string,
  { fromMs, toMs }: Span,
): Promise<Around> {
  const before = await trades.latest(instrumentId, fromMs);
  const [after = null] = await trades.between(instrumentId, toMs, MAX_TIME_MS, 1);
  return { before, after };
}

/** All of them, however many: a span that has more than one read gives is read in halves. */
async function tradesBetween(
  ports: Needs,
  instrumentId: string,
  { fromMs, toMs }: Span,
): Promise<readonly Trade[]> {
  const trades = await ports.trades.between(instrumentId, fromMs, toMs, MAX_ROWS_A_READ);
  if (trades.length < MAX_ROWS_A_READ) return trades;
  const middleMs = Math.floor((fromMs + toMs) / 2);
  if (middleMs === fromMs) throw new RangeError(`${instrumentId}: ${MAX_ROWS_A_READ} trades at ${fromMs}`);
  return [
    ...(await tradesBetween(ports, instrumentId, { fromMs, toMs: middleMs })),
    ...(await tradesBetween(ports, instrumentId, { fromMs: middleMs, toMs })),
  ];
}

function portions(spans: readonly Span[], interval: Interval, candles: number): Span[] {
  const stepMs = candles * intervalMs(interval);
  return spans.flatMap(({ fromMs, toMs }) =>
    Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, n) => ({
      fromMs: fromMs + n * stepMs,
      toMs: Math.min(toMs, fromMs + (n + 1) * stepMs),
    })),
  );
}
