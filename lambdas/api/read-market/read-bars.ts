import type { QueryOf } from '../../../shared/contracts/api.ts';
import { BAR_CURSOR, barViewOf } from '../../../shared/contracts/bar-views.ts';
import { parseBarRule } from '../../../shared/domain/candles/bar-rule.ts';
import { dayOf, type Bar } from '../../../shared/domain/candles/bars.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { LimitExceeded, type StateStore } from '../../../shared/ports/state-store.ts';
import { readLaneCandles } from '../../../shared/runtime/lane-candles.ts';
import { NOT_A_CURSOR } from '../../../shared/runtime/rest-listing.ts';
import type { Refusal, RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { barsOfDay, type BarsOfDay } from './bars-of-day.ts';

/** Looked at for one answer: behind them it is short, and `next` leads on. */
const MAX_DAYS = 31;
const MAX_TRADES_SUMMED = 5_000_000;

const DAY_MS = intervalMs('1d');

type Query = QueryOf<'GET /v1/bars/{pair}'>;

/** The newest bars of a range, oldest first, day by day back from its end. */
export async function readBars(
  { trades, state }: Pick<Ports, 'trades' | 'state'>,
  instrumentId: InstrumentId,
  { bars: ruleText, from: fromMs, to: toMs, limit, after }: Query,
): Promise<RestOutcome<'GET /v1/bars/{pair}'>> {
  const rule = parseBarRule(ruleText)!;
  const place = after === undefined ? null : placeOf(after);
  if (after !== undefined && place === null) return NOT_A_CURSOR;
  if ((await trades.latest(instrumentId)) === null)
    return { kind: 'not-found', detail: `no trades of ${instrumentId}` };
  const watermarkMs = await watermarkOf(state, instrumentId);

  const found: Bar[][] = [];
  let [count, summed] = [0, 0];
  const answer = (next: string | null): RestOutcome<'GET /v1/bars/{pair}'> => {
    const items = found.toReversed().flatMap((bars) => bars.map((bar) => barViewOf(bar, rule)));
    return { kind: 'done', body: { items, next } };
  };
  let day: Place | null = place ?? wholeDay(await trades.latest(instrumentId, toMs));
  for (let days = 1; day !== null; days++) {
    const { dayMs, below }: Place = day;
    const previous: Trade | null = await trades.latest(instrumentId, dayMs);
    const asked = { rule, instrumentId, dayMs, fromMs, toMs, below, limit: limit - count };
    const read = await orRefused(dayMs, async () => barsOfDay(trades, asked, { previous, watermarkMs }));
    if ('kind' in read) return read;
    found.push([...read.bars]);
    count += read.bars.length;
    summed += read.tradesSummed;
    if (read.below !== null) return answer(`${dayMs}-${read.below}`);
    day = previous === null || dayOf(previous.timeMs) + DAY_MS <= fromMs ? null : wholeDay(previous);
    const isEnough = count >= limit || days >= MAX_DAYS || summed >= MAX_TRADES_SUMMED;
    if (day !== null && isEnough) return answer(`${dayMs}-0`);
  }
  return answer(null);
}

interface Place {
  readonly dayMs: number;
  /** Bars of the day with a lower number, and those of the days before; null: all of the day. */
  readonly below: bigint | null;
}

function wholeDay(trade: Trade | null): Place | null {
  return trade === null ? null : { dayMs: dayOf(trade.timeMs), below: null };
}

/** @returns null: no page has given this out. */
function placeOf(cursor: string): Place | null {
  const [, dayMs, below] = BAR_CURSOR.exec(cursor) ?? [];
  if (dayMs === undefined || below === undefined) return null;
  return { dayMs: dayOf(Math.min(Number(dayMs), MAX_TIME_MS)), below: BigInt(below) };
}

async function orRefused(dayMs: number, read: () => Promise<BarsOfDay>): Promise<BarsOfDay | Refusal> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LimitExceeded)) throw error;
    const day = new Date(dayMs).toISOString().slice(0, 10);
    const detail =
      `the bars of ${day} are more than one request may make: ${error.message}; ` +
      'those of a capture or of published files are made by: npx millrace bars';
    return { kind: 'unprocessable', detail };
  }
}

/** −1: nothing is known of the instrument. */
async function watermarkOf(state: StateStore, instrumentId: InstrumentId): Promise<number> {
  const lane = await readLaneCandles(state, laneOf(instrumentId));
  return lane?.folds.find((fold) => fold.instrumentId === instrumentId)?.watermarkMs ?? -1;
}
