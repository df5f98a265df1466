/**
 * The newest bars of one UTC day out of the stored trades. The store sums the day in stretches of ten seconds; trades are
 * read one by one only where a bar ends, and from so early on that the first bar that is shown is known from its begin.
 */
import { amountOfSums, type BarRule } from '../../../shared/domain/candles/bar-rule.ts';
import { BarFold, type Bar } from '../../../shared/domain/candles/bars.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import type { TradeSpan } from '../../../shared/domain/candles/trade-span.ts';
import { ZERO } from '../../../shared/domain/decimal.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import { MAX_ROWS_A_READ } from '../../../shared/ports/read-limit.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import type { TradeStore } from '../../../shared/ports/trade-store.ts';
import { TradeReader } from './trade-reader.ts';

export interface BarsAsked {
  readonly rule: BarRule;
  readonly instrumentId: InstrumentId;
  readonly dayMs: number;
  /** Of the first trade of a bar. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Bars with a lower number alone; null: all. */
  readonly below: bigint | null;
  readonly limit: number;
}

export interface BarsOfDay {
  /** Oldest first. */
  readonly bars: readonly Bar[];
  /** Older ones of the day have a lower number than this; null: there are none. */
  readonly below: bigint | null;
  /** Trades of the day, all of which the store has looked at. */
  readonly tradesSummed: number;
}

/** Divides a day, and no interval of candles has to. */
const STEP_MS = 10_000;
const DAY_MS = intervalMs('1d');
/** Read one by one for an answer. */
const MAX_TRADES_READ = 100_000;
/** What one more question costs, in trades: so many are rather read in vain. */
const COST_OF_A_READ = 2000;
/** A stretch with more is none of a market, and would be read whole. */
const MAX_TRADES_A_STEP = 500_000;

/**
 * @param previous the last trade before the day
 * @param watermarkMs no trade before it will follow
 * @throws LimitExceeded where the day has more trades than may be read
 */
export async function barsOfDay(
  trades: TradeStore,
  asked: BarsAsked,
  { previous, watermarkMs }: { readonly previous: Trade | null; readonly watermarkMs: number },
): Promise<BarsOfDay> {
  const { rule, instrumentId, dayMs, fromMs, toMs, below, limit } = asked;
  const spans = await trades.spans(instrumentId, dayMs, dayMs + DAY_MS, STEP_MS);
  const plan = planOf(spans, asked);
  const tradesSummed = spans.reduce((sum, { tradeCount }) => sum + tradeCount, 0);
  if (plan === null) return { bars: [], below: null, tradesSummed };
  const fold = new BarFold(rule, instrumentId, {
    spans: spans.slice(0, plan.start),
    previousTradeId: previous?.tradeId ?? null,
  });
  const bars = await foldFrom(fold, trades, spans, { ...plan, asked, watermarkMs });
  const within = bars.filter(
    (bar) => bar.firstTimeMs >= fromMs && bar.firstTimeMs < toMs && (below === null || bar.number < below),
  );
  const shown = within.slice(-limit);
  const isAll = shown.length === within.length && plan.isFirst;
  return {
    bars: shown,
    below: isAll ? null : (shown[0]?.number ?? plan.cutNumber + 1n),
    tradesSummed,
  };
}

interface Plan {
  /** The span at which the fold begins. */
  readonly start: number;
  /** Number of the bar that is under way there, which is not shown. */
  readonly cutNumber: bigint;
  /** The last span in which a bar that is asked for may begin. */
  readonly last: number;
  /** No bar that is asked for begins before the fold. */
  readonly isFirst: boolean;
  /** Whether a bar ends in a span. */
  readonly ends: readonly boolean[];
}

/**
 * Back from the last span until enough bars lie behind the one that is under way: each answer has bars, or leads to lower
 * numbers.
 * @returns null: there is no such bar.
 */
function planOf(
  spans: readonly TradeSpan[],
  { rule: { kind, size }, fromMs, toMs, below, limit }: BarsAsked,
): Plan | null {
  const before = [0n];
  let traded = ZERO;
  for (const span of spans) before.push((traded += amountOfSums(span, kind)) / size);
  const mayBegin = (openTimeMs: number, n: number): boolean =>
    openTimeMs < toMs && (below === null || before[n]! < below);
  const last = spans.findLastIndex(({ openTimeMs }, n) => mayBegin(openTimeMs, n));
  const first = spans.findIndex(({ openTimeMs }) => openTimeMs + STEP_MS > fromMs);
  if (last === -1 || first === -1 || first > last) return null;
  const top = below !== null && below < before[last + 1]! ? below : before[last + 1]!;
  let [start, count, cost] = [last + 1, 0, 0];
  let [together, between] = [MAX_ROWS_A_READ, 0];
  while (start > 0) {
    start--;
    const { tradeCount } = spans[start]!;
    count += tradeCount;
    if (before[start]! < before[start + 1]!) {
      const more = between + tradeCount;
      const isNear = between <= COST_OF_A_READ && together + more < MAX_ROWS_A_READ;
      cost += isNear ? more : tradeCount + COST_OF_A_READ;
      [together, between] = [isNear ? together + more : tradeCount, 0];
    } else between += tradeCount;
    if (start <= first && before[start]! < before[first]!) break;
    const isEnough = count > limit && top - before[start]! > BigInt(limit);
    // Where nothing has ended yet, the answer would lead to where it began.
    const isCostly = cost > MAX_TRADES_READ && before[start]! < before[last]!;
    if (isEnough || isCostly) break;
  }
  const isFirst = start === 0 || before[start]! < before[first]!;
  const ends = spans.map((_, n) => before[n]! < before[n + 1]!);
  return { start, cutNumber: before[start]!, last, isFirst, ends };
}

/** How many trades are best read with one question, from a span in which a bar ends. */
function tradesTogether(spans: readonly TradeSpan[], ends: readonly boolean[], from: number): number {
  let [together, between] = [spans[from]!.tradeCount, 0];
  for (let n = from + 1; n < spans.length && between <= COST_OF_A_READ; n++) {
    between += spans[n]!.tradeCount;
    if (!ends[n]) continue;
    if (together + between >= MAX_ROWS_A_READ) break;
    [together, between] = [together + between, 0];
  }
  return together;
}

/** All whole bars from there on, up to the one that is under way at the end of the last span. */
async function foldFrom(
  fold: BarFold,
  trades: TradeStore,
  spans: readonly TradeSpan[],
  of: Plan & { readonly asked: BarsAsked; readonly watermarkMs: number },
): Promise<readonly Bar[]> {
  const { start, last, ends, asked, watermarkMs } = of;
  const dayEndMs = asked.dayMs + DAY_MS;
  const reader = new TradeReader(trades, asked.instrumentId, dayEndMs);
  const bars: Bar[] = [];
  for (const [n, span] of spans.entries()) {
    if (n < start) continue;
    // What begins behind the last span is not asked for.
    if (n > last && fold.underWay === null) return bars;
    if (fold.endsWithin(span)) {
      if (span.tradeCount > MAX_TRADES_A_STEP)
        throw new LimitExceeded(`more than ${MAX_TRADES_A_STEP} trades in ${STEP_MS / 1000} s`);
      const together = () => tradesTogether(spans, ends, n);
      const ofSpan = await reader.between(span.openTimeMs, span.openTimeMs + STEP_MS, together);
      for (const trade of ofSpan) bars.push(...fold.add(trade));
    } else bars.push(...fold.join(span));
  }
  const [next] = await trades.between(asked.instrumentId, dayEndMs, MAX_TIME_MS, 1);
  const ended = next === undefined ? fold.passed(watermarkMs) : fold.add(next);
  bars.push(...ended.filter(({ dayMs }) => dayMs === asked.dayMs));
  return next === undefined && fold.underWay !== null ? [...bars, fold.underWay] : bars;
}
