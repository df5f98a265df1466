import { figureOf, type Bench, type Figure } from '../figure.ts';
import type { Latencies } from '../measuring/latency-histogram.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareInsertsProgram } from '../programs/bare-inserts.ts';
import type { ChainProgram } from '../programs/chain.ts';
import { DEPTH_MESSAGES_A_SECOND } from '../depth-tape.ts';
import { BUSY_MARKET } from '../synthetic-trades.ts';

const SECONDS = 30;
const WARM_UP_SECONDS = 10;
const INSERT_EVERY_MS = 20;

const { instruments, tradesPerSecond } = BUSY_MARKET;
const LOAD = `${instruments * tradesPerSecond} trades/s and ${instruments * DEPTH_MESSAGES_A_SECOND} depth messages/s`;

/** From received to queryable in ClickHouse, at 10,000 trades a second of wall time, beside bare inserts of the same rows. */
export async function chainLatency(bench: Bench): Promise<readonly Figure[]> {
  const seconds = bench.seconds ?? SECONDS;
  const chain: Latencies[] = [];
  const bare: Latencies[] = [];
  for (let run = 0; run < (bench.runs ?? 1); run++) {
    bare.push(await insertPaced(bench, seconds));
    chain.push(await runChain(bench, seconds));
  }
  const figure = (name: string, pick: (latencies: Latencies) => number): Figure =>
    figureOf({
      figure: `chain-latency.${name}`,
      unit: 'ms',
      runs: chain.map(pick),
      reference: `a bare insert of what has become due, every ${INSERT_EVERY_MS} ms`,
      referenceRuns: bare.map(pick),
      note: `received to queryable, ${LOAD} of ${instruments} instruments for ${seconds} s after a warm-up`,
      details: { trades: chain.at(-1)!.count },
    });
  return [
    figure('p50', ({ p50Ms }) => p50Ms),
    figure('p99', ({ p99Ms }) => p99Ms),
    figure('max', ({ maxMs }) => maxMs),
  ];
}

async function runChain(bench: Bench, seconds: number): Promise<Latencies> {
  const request: ChainProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    speed: 1,
    seconds: WARM_UP_SECONDS + seconds,
    warmUpSeconds: WARM_UP_SECONDS,
  };
  const program = new StartedProgram<ChainProgram>('chain', request, bench.resources);
  program.onProgress(({ trades }) => bench.tell(`${trades} trades`));
  const { latencies } = await program.next('done');
  await program.end();
  bench.tell(`the chain: p50 ${latencies!.p50Ms} ms, p99 ${latencies!.p99Ms} ms`);
  return latencies!;
}

async function insertPaced(bench: Bench, seconds: number): Promise<Latencies> {
  const request: BareInsertsProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    kind: 'paced',
    seconds,
    warmUpSeconds: WARM_UP_SECONDS,
    everyMs: INSERT_EVERY_MS,
  };
  const program = new StartedProgram<BareInsertsProgram>('bare-inserts', request, bench.resources);
  const { latencies } = await program.next('paced');
  await program.end();
  bench.tell(`bare inserts: p50 ${latencies.p50Ms} ms, p99 ${latencies.p99Ms} ms`);
  return latencies;
}
