import { figureOf, type Bench, type Figure } from '../figure.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { StoredCandlesProgram } from '../programs/stored-candles.ts';

const TRADES = 100_000_000;
const READS = 300;

/** Milliseconds to read candles beside a hundred million trades, beside the same rows asked for and not looked at. */
export async function storedCandles(bench: Bench): Promise<readonly Figure[]> {
  const request: StoredCandlesProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    trades: TRADES,
    reads: READS,
  };
  const program = new StartedProgram<StoredCandlesProgram>('stored-candles', request, bench.resources);
  program.onProgress(({ what }) => bench.tell(what));
  const { trades, candles, latest, bareLatest, year, bareYear } = await program.next('done');
  await program.end();
  const common = {
    unit: 'ms',
    reference: 'the same query over HTTP, its answer not parsed',
    details: { trades, candles, reads: READS },
  };
  return [
    figureOf({
      ...common,
      figure: 'stored-candles.latest.p95',
      runs: [latest.p95Ms],
      referenceRuns: [bareLatest.p95Ms],
      note: `the 500 newest 1m candles of one of 60 instruments, as JSON; p50 ${latest.p50Ms} ms`,
    }),
    figureOf({
      ...common,
      figure: 'stored-candles.year.p95',
      runs: [year.p95Ms],
      referenceRuns: [bareYear.p95Ms],
      note: `a year of 1h candles of one of 60 instruments, as JSON; p50 ${year.p50Ms} ms`,
    }),
  ];
}
