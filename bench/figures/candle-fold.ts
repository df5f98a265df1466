import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { FoldOutcomes } from '../../shared/domain/candles/fold.ts';
import { INTERVALS } from '../../shared/domain/candles/interval.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { TapeFolds } from '../../shared/engine/tape-folds.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside, nanosecondsAnItem } from '../measuring/beside.ts';
import { columnsOf, foldPlainly } from '../references/plain-candles.ts';
import { SIMULATED_SECOND, tradesOfMessage, tradesOfSecond } from '../synthetic-trades.ts';

const EVENT_SECONDS = 60;
const RUNS = 7;
/** So many trades are folded in a run, over a tape as often as it takes: one of a few thousand is over too soon. */
const LEAST_TRADES = 600_000;

/** Ten minutes of one busy instrument, where the recorded data lie beside the project. */
const RECORDED = fileURLToPath(
  new URL('../../../shared/data/captures/binance-spot-btcusdt-2024-08-09.ndjson.gz', import.meta.url),
);

/** Nanoseconds a trade of the exact candle fold over every interval, beside a plain loop over floats. */
export async function candleFold(bench: Bench): Promise<readonly Figure[]> {
  const seconds = Array.from({ length: EVENT_SECONDS }, (_, n) => tradesOfSecond(SIMULATED_SECOND + n));
  const figures = [await foldFigure(bench, 'candle-fold', seconds.flat())];
  if (existsSync(RECORDED))
    figures.push(await foldFigure(bench, 'candle-fold-recorded', await recordedTrades()));
  return figures;
}

async function foldFigure(bench: Bench, figure: string, trades: readonly Trade[]): Promise<Figure> {
  const passes = Math.ceil(LEAST_TRADES / trades.length);
  const columns = columnsOf(trades);
  const candles = { exact: 0, plain: 0 };
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () =>
      nanosecondsAnItem(passes * trades.length, () => {
        for (let pass = 0; pass < passes; pass++) candles.exact = foldExactly(trades);
      }),
    () =>
      nanosecondsAnItem(passes * trades.length, () => {
        for (let pass = 0; pass < passes; pass++) candles.plain = foldPlainly(columns, INTERVALS).length;
      }),
  );
  if (candles.exact !== candles.plain) {
    throw new Error(`${figure}: the fold closed ${candles.exact} candles, the plain loop ${candles.plain}`);
  }
  return figureOf({
    figure,
    unit: 'ns/trade',
    runs,
    reference: 'a plain loop over floats, which knows neither repeated nor late trades',
    referenceRuns,
    note: `intervals ${INTERVALS.join(', ')}, prices and sums exact`,
    details: { trades: trades.length, candles: candles.exact },
  });
}

async function recordedTrades(): Promise<Trade[]> {
  const trades: Trade[] = [];
  for await (const messages of readCapture(RECORDED)) trades.push(...messages.flatMap(tradesOfMessage));
  return trades;
}

/** @returns how many candles were closed. */
function foldExactly(trades: readonly Trade[]): number {
  const folds = new TapeFolds(INTERVALS);
  const outcomes: FoldOutcomes = { closed: [], late: [] };
  for (const trade of trades) folds.step({ kind: 'trade', trade }, outcomes);
  return outcomes.closed.length;
}
