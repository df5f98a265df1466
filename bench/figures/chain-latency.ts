import { figureOf, type Bench, type Figure } from '../figure.ts';
import type { Latencies } from '../measuring/latency-histogram.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareInsertsProgram } from '../programs/bare-inserts.ts';
import type { BusyVenueProgram } from '../programs/busy-venue.ts';
import type { ChainProgram } from '../programs/chain.ts';
import type { LiveChainProgram } from '../programs/live-chain.ts';
import { DEPTH_MESSAGES_A_SECOND } from '../depth-tape.ts';
import { BUSY_MARKET } from '../synthetic-trades.ts';

const SECONDS = 30;
const WARM_UP_SECONDS = 10;
const INSERT_EVERY_MS = 20;

const { instruments, tradesPerSecond } = BUSY_MARKET;
const LOAD = `${instruments * tradesPerSecond} trades/s and ${instruments * DEPTH_MESSAGES_A_SECOND} depth messages/s`;

/**
 * From received to queryable in ClickHouse, at 10,000 trades a second of wall time, beside bare inserts of the same rows: of a
 * tape, which waits at each second until what it caused has settled, and of a live collector, which waits for nothing.
 */
export async function chainLatency(bench: Bench): Promise<readonly Figure[]> {
  const seconds = bench.seconds ?? SECONDS;
  const bare: Latencies[] = [];
  const chain: Latencies[] = [];
  const live: LiveOutcome[] = [];
  for (let run = 0; run < (bench.runs ?? 1); run++) {
    bare.push(await insertPaced(bench, seconds));
    chain.push(await runChain(bench, seconds));
    live.push(await runLive(bench, seconds));
  }
  const since = `${LOAD} of ${instruments} instruments for ${seconds} s after a warm-up`;
  const figures = (
    name: string,
    runs: readonly Latencies[],
    note: string,
    details: NonNullable<Figure['details']>,
  ): readonly Figure[] =>
    PERCENTILES.map(([percentile, pick]) =>
      figureOf({
        figure: `${name}.${percentile}`,
        unit: 'ms',
        runs: runs.map(pick),
        reference: `a bare insert of what has become due, every ${INSERT_EVERY_MS} ms`,
        referenceRuns: bare.map(pick),
        note,
        details,
      }),
    );
  const { latencies, sinceReceived, booksBroken, nodeCpuSeconds } = live.at(-1)!;
  return [
    ...figures('chain-latency', chain, `received to queryable, ${since}`, { trades: chain.at(-1)!.count }),
    ...figures(
      'chain-latency.live',
      live.map((outcome) => outcome.latencies),
      `from the time at which the venue is to send a trade to queryable, over a real socket, ${since}`,
      { trades: latencies.count, p99MsSinceReceived: sinceReceived.p99Ms, booksBroken, nodeCpuSeconds },
    ),
  ];
}

const PERCENTILES: readonly (readonly [name: string, pick: (latencies: Latencies) => number])[] = [
  ['p50', ({ p50Ms }) => p50Ms],
  ['p99', ({ p99Ms }) => p99Ms],
  ['max', ({ maxMs }) => maxMs],
];

type LiveOutcome = LiveChainProgram['message'];

async function runLive(bench: Bench, seconds: number): Promise<LiveOutcome> {
  const venue = new StartedProgram<BusyVenueProgram>('busy-venue', {}, bench.resources);
  const { ws, rest } = await venue.next('ready');
  const request: LiveChainProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    endpoints: { ws, rest },
    seconds,
    warmUpSeconds: WARM_UP_SECONDS,
  };
  const program = new StartedProgram<LiveChainProgram>('live-chain', request, bench.resources);
  const outcome = await program.next('done');
  await Promise.all([program.end(), venue.end()]);
  const { latencies } = outcome;
  bench.tell(`the live chain: p50 ${latencies.p50Ms} ms, p99 ${latencies.p99Ms} ms`);
  return outcome;
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
