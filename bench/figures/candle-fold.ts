import type { Bench, Figure } from '../figure.ts';
import { figureOf } from '../figure.ts';
import { beside } from '../measuring/beside.ts';
import type { ReceivedTrade } from '../../shared/contracts/stream-records.ts';
import { intervalMs, LIVE_INTERVALS } from '../../shared/domain/candles/interval.ts';
import { toNumber } from '../../shared/domain/decimal.ts';
import { TapeFolds } from '../../shared/engine/tape-folds.ts';
import type { FoldOutcomes } from '../../shared/domain/candles/fold.ts';
import { tradesOfSecond } from '../synthetic-trades.ts';

const EVENT_SECONDS = 60;
const FIRST_SECOND = 1_767_225_600;
const RUNS = 7;

/** Nanoseconds a trade of the exact candle fold over two intervals, beside a plain loop over floats. */
export async function candleFold(bench: Bench): Promise<readonly Figure[]> {
  const trades = Array.from({ length: EVENT_SECONDS }, (_, n) => tradesOfSecond(FIRST_SECOND + n)).flat();
  const columns = columnsOf(trades);
  const closed = { exact: 0, plain: 0 };
  const nanosecondsATrade = (run: () => void): number => {
    const beganAtMs = performance.now();
    run();
    return ((performance.now() - beganAtMs) * 1e6) / trades.length;
  };
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () => nanosecondsATrade(() => (closed.exact = foldExactly(trades))),
    () => nanosecondsATrade(() => (closed.plain = foldPlainly(columns))),
  );
  if (closed.exact !== closed.plain) {
    throw new Error(`the fold closed ${closed.exact} candles, the plain loop ${closed.plain}`);
  }
  return [
    figureOf({
      figure: 'candle-fold',
      unit: 'ns/trade',
      runs,
      reference: 'a plain loop over floats, which knows neither repeated nor late trades',
      referenceRuns,
      note: `intervals ${LIVE_INTERVALS.join(' and ')}, scaled BigInts`,
      details: { trades: trades.length, candles: closed.exact },
    }),
  ];
}

/** @returns how many candles were closed. */
function foldExactly(trades: readonly ReceivedTrade[]): number {
  const folds = new TapeFolds(LIVE_INTERVALS);
  const outcomes: FoldOutcomes = { closed: [], late: [] };
  for (const trade of trades) folds.step({ kind: 'trade', trade }, outcomes);
  return outcomes.closed.length;
}
