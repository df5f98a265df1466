/** Which closed candles of an instrument are to be made again: plain JSON, changed in place. */
import { intervalMs, openTimeOf, type Interval } from './interval.ts';

/** Candles that open at or after a time and before another. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RefoldPlan {
  /** Of the last stream record that added to it, or closed what is in it: the trades are stored once their writer has passed that. */
  throughSequence: string;
  /** Where history is being told right now: what lies there is not whole yet. null: it has ended. */
  edgeMs: number | null;
  /** By interval, ascending, apart from one another. */
  readonly spans: Partial<Record<Interval, Span[]>>;
}

/** Past this many spans of an interval the two nearest become one: more is made again than has to be. */
const MAX_SPANS = 16;
/** Spans that are no more candles apart are one: reading what lies between is less work than reading twice. */
const NEAR_CANDLES = 60;

export function emptyPlan(throughSequence: string): RefoldPlan {
  return { throughSequence, edgeMs: null, spans: {} };
}

/** The candle that holds a time. */
export function planCandle(plan: RefoldPlan, interval: Interval, timeMs: number): void {
  const fromMs = openTimeOf(timeMs, interval);
  planSpan(plan, interval, { fromMs, toMs: fromMs + intervalMs(interval) });
}

function planSpan(plan: RefoldPlan, interval: Interval, span: Span): void {
  const spans = (plan.spans[interval] ??= []);
  const last = spans.at(-1);
  if (last !== undefined && last.fromMs <= span.fromMs && span.toMs <= last.toMs) return;
  spans.push(span);
  spans.sort((a, b) => a.fromMs - b.fromMs);
  const nearMs = NEAR_CANDLES * intervalMs(interval);
  for (let n = spans.length - 1; n > 0; n--) if (gapBefore(spans, n) <= nearMs) join(spans, n);
  if (spans.length > MAX_SPANS) join(spans, nearest(spans));
}

/** With the one before it. */
function join(spans: Span[], n: number): void {
  const [a, b] = [spans[n - 1]!, spans[n]!];
  spans.splice(n - 1, 2, { fromMs: a.fromMs, toMs: Math.max(a.toMs, b.toMs) });
}

function nearest(spans: readonly Span[]): number {
  let least = 1;
  for (let n = 2; n < spans.length; n++) if (gapBefore(spans, n) < gapBefore(spans, least)) least = n;
  return least;
}

function gapBefore(spans: readonly Span[], n: number): number {
  return spans[n]!.fromMs - spans[n - 1]!.toMs;
}

/** Those of an interval that are closed and whole. @param watermarkMs of the instrument */
export function dueSpans(plan: RefoldPlan, interval: Interval, watermarkMs: number): readonly Span[] {
  return (plan.spans[interval] ?? []).flatMap(({ fromMs, toMs }) => {
    const until = Math.min(toMs, openTimeOf(endOfDue(plan, fromMs, watermarkMs), interval));
    return until > fromMs ? [{ fromMs, toMs: until }] : [];
  });
}

/** History is made into candles a minute at a time: a candle that still grows would be revised with each second of it. */
function endOfDue({ edgeMs }: RefoldPlan, fromMs: number, watermarkMs: number): number {
  const ofWatermark = Math.max(0, watermarkMs);
  if (edgeMs === null || fromMs > edgeMs) return ofWatermark;
  return Math.min(ofWatermark, openTimeOf(edgeMs, '1m'));
}

/** Whether something in it closes as the watermark goes on from one time to another. */
export function closesWithin(plan: RefoldPlan, fromMs: number, toMs: number): boolean {
  return (Object.entries(plan.spans) as [Interval, Span[]][]).some(([interval, spans]) =>
    spans.some((span) => closedEnd(span, interval, toMs) > closedEnd(span, interval, fromMs)),
  );
}

/** Where the closed candles of a span end; its begin, where none is. */
function closedEnd({ fromMs, toMs }: Span, interval: Interval, watermarkMs: number): number {
  return Math.max(fromMs, Math.min(toMs, openTimeOf(Math.max(0, watermarkMs), interval)));
}

export function hasDue(plan: RefoldPlan, watermarkMs: number): boolean {
  return (Object.keys(plan.spans) as Interval[]).some(
    (interval) => dueSpans(plan, interval, watermarkMs).length > 0,
  );
}

/** They have been made. */
export function strike(plan: RefoldPlan, interval: Interval, done: Span): void {
  const left = (plan.spans[interval] ?? []).flatMap(({ fromMs, toMs }) => [
    ...(fromMs < done.fromMs ? [{ fromMs, toMs: Math.min(toMs, done.fromMs) }] : []),
    ...(toMs > done.toMs ? [{ fromMs: Math.max(fromMs, done.toMs), toMs }] : []),
  ]);
  if (left.length > 0) plan.spans[interval] = left;
  else Reflect.deleteProperty(plan.spans, interval);
}

export function isDone({ spans }: RefoldPlan): boolean {
  return Object.keys(spans).length === 0;
}
