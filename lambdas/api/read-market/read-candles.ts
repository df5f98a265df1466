import type { QueryOf } from '../../../shared/contracts/api.ts';
import type { CandleView } from '../../../shared/contracts/events.ts';
import { candleViewOf, openCandleOf } from '../../../shared/contracts/lane-candles.ts';
import type { Candle } from '../../../shared/domain/candles/candle.ts';
import { fillQuiet } from '../../../shared/domain/candles/fill-quiet.ts';
import { intervalMs, type Interval } from '../../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { MAX_TIME_MS } from '../../../shared/domain/market-data/time-bound.ts';
import type { CandleStore } from '../../../shared/ports/candle-store.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { readAllLaneCandles } from '../../../shared/runtime/lane-candles.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';
import { asKnownAt } from './as-known-at.ts';
import { unknownInstrument } from './unknown-instrument.ts';

type Query = QueryOf<'GET /v1/candles/{pair}'>;

/** The newest candles of a range, oldest first, and the one under way behind them. */
export async function readCandles(
  { trades, candles, state }: Pick<Ports, 'trades' | 'candles' | 'state'>,
  instrumentId: InstrumentId,
  asked: Query,
): Promise<RestOutcome<'GET /v1/candles/{pair}'>> {
  const isAsOf = asked.asOf < MAX_TIME_MS;
  const query = isAsOf ? { ...asked, to: Math.min(asked.to, firstOpenAt(asked)) } : asked;
  const { interval, from, to, limit, fill } = query;
  if (from >= to) return { kind: 'done', body: { items: [], next: null } };
  // The open candle is read first: if it closes before the others are read, it is among those.
  const underWay = isAsOf ? null : await openCandle(state, instrumentId, interval);
  const latest = await candles.between(instrumentId, interval, from, to, limit);
  const closed = isAsOf ? await asKnownAt({ trades, candles }, latest, asked.asOf) : latest;
  const shown = fill === 'previous' ? await filled(candles, instrumentId, query, closed, underWay) : closed;
  const items: CandleView[] = shown.map(candleViewOf);
  if (
    underWay !== null &&
    from <= underWay.openTimeMs &&
    underWay.openTimeMs < to &&
    underWay.openTimeMs > lastOpenOf(closed)
  ) {
    items.push(underWay);
  }
  if (items.length === 0 && !(await candles.instruments()).includes(instrumentId)) {
    return unknownInstrument(instrumentId);
  }
  const page = items.slice(-limit);
  const mayHaveOlder = latest.length === limit || shown.length === limit;
  const oldest = page[0] ?? latest[0];
  return {
    kind: 'done',
    body: { items: page, next: mayHaveOlder && oldest !== undefined ? String(oldest.openTimeMs) : null },
  };
}

/** Candles that open before it had ended by the time that is asked about. */
function firstOpenAt({ interval, asOf }: Query): number {
  return Math.max(0, asOf - intervalMs(interval) + 1);
}

function lastOpenOf(candles: readonly Candle[]): number {
  return candles.at(-1)?.openTimeMs ?? -1;
}

/** With one for every interval up to the next candle behind the range, or up to the end of what is known. */
async function filled(
  candles: CandleStore,
  instrumentId: InstrumentId,
  { interval, from, to, limit }: Query,
  closed: readonly Candle[],
  underWay: CandleView | null,
): Promise<readonly Candle[]> {
  const before = closed.length < limit ? await candles.between(instrumentId, interval, 0, from, 1) : [];
  const goesOn =
    (underWay !== null && underWay.openTimeMs >= to) ||
    (await candles.asFirstClosed(instrumentId, interval, to, MAX_TIME_MS, 1)).length > 0;
  const untilMs = goesOn ? to : (underWay?.openTimeMs ?? 0);
  return fillQuiet([...before, ...closed], { fromMs: from, untilMs, limit });
}

/** The candle under way, out of the state that build-candles keeps of its lane. */
async function openCandle(
  state: StateStore,
  instrumentId: InstrumentId,
  interval: Interval,
): Promise<CandleView | null> {
  const candles = await readAllLaneCandles(state, laneOf(instrumentId));
  return candles === null ? null : openCandleOf(candles, instrumentId, interval);
}
