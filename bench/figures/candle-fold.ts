import type { FoldOutcomes } from '../../shared/domain/candles/fold.ts';
import { LIVE_INTERVALS } from '../../shared/domain/candles/interval.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { TapeFolds } from '../../shared/engine/tape-folds.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside, nanosecondsAnItem } from '../measuring/beside.ts';
import { columnsOf, foldPlainly } from '../references/plain-candles.ts';
import { SIMULATED_SECOND, tradesOfSecond } from '../synthetic-trades.ts';

const EVENT_SECONDS = 60;
const RUNS = 7;

/** Nanoseconds a trade of the exact candle fold over two intervals, beside a plain loop over floats. */
export async function candleFold(bench: Bench): Promise<readonly Figure[]> {
  const seconds = Array.from({ length: EVENT_SECONDS }, (_, n) => tradesOfSecond(SIMULATED_SECOND + n));
  const trades = seconds.flat();
  const columns = columnsOf(trades);
  const candles = { exact: 0, plain: 0 };
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () => nanosecondsAnItem(trades.length, () => (candles.exact = foldExactly(trades))),
    () =>
      nanosecondsAnItem(trades.length, () => (candles.plain = foldPlainly(columns, LIVE_INTERVALS).length)),
  );
  if (candles.exact !== candles.plain) {
    throw new Error(`candle-fold: the fold closed ${candles.exact} candles, the plain loop ${candles.plain}`);
  }
  return [
    figureOf({
      figure: 'candle-fold',
      unit: 'ns/trade',
      runs,
      reference: 'a plain loop over floats, which knows neither repeated nor late trades',
      referenceRuns,
      note: `intervals ${LIVE_INTERVALS.join(' and ')}, prices and sums exact`,
      details: { trades: trades.length, candles: candles.exact },
    }),
  ];
}

/** @returns how many candles were closed. */
function foldExactly(trades: readonly Trade[]): number {
  const folds = new TapeFolds(LIVE_INTERVALS);
  const outcomes: FoldOutcomes = { closed: [], late: [] };
  for (const trade of trades) folds.step({ kind: 'trade', trade }, outcomes);
  return outcomes.closed.length;
}
