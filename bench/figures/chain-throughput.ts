import { figureOf, type Bench, type Figure } from '../figure.ts';
import { MemorySampler } from '../measuring/memory-sampler.ts';
import { median } from '../measuring/statistics.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareInsertsProgram } from '../programs/bare-inserts.ts';
import type { ChainOutcome, ChainProgram } from '../programs/chain.ts';

const SECONDS = 60;
const REFERENCE_SECONDS = 5;
const BATCH_SIZE = 5000;

interface MeasuredChain {
  readonly outcome: ChainOutcome;
  readonly memory: MemoryUse;
  /** Trades a second in each second or so. */
  readonly rates: readonly number[];
}

interface MemoryUse {
  readonly peakMb: number;
  readonly nodePeakMb: number;
  readonly clickHousePeakMb: number;
  readonly firstHalfMbAMinute: number;
  readonly secondHalfMbAMinute: number;
  readonly growthPercent: number;
}

/** Trades a second through the whole chain, and what memory does meanwhile, beside bare inserts of the same rows. */
export async function chainThroughput(bench: Bench): Promise<readonly Figure[]> {
  const seconds = bench.seconds ?? SECONDS;
  const chains: MeasuredChain[] = [];
  const inserts = [await insertBare(bench)];
  for (let run = 0; run < (bench.runs ?? 1); run++) {
    chains.push(await runChain(bench, seconds));
    inserts.push(await insertBare(bench));
  }
  const { outcome, memory, rates } = chains.at(-1)!;
  const ofChain = (pick: (memory: MemoryUse) => number): number[] =>
    chains.map((chain) => pick(chain.memory));
  return [
    figureOf({
      figure: 'chain-throughput',
      unit: 'trades/s',
      runs: chains.map(({ outcome: { trades, seconds: taken } }) => trades / taken),
      reference: `bare inserts of the same rows, ${BATCH_SIZE} at a time, one in flight`,
      referenceRuns: inserts.map(({ tradesPerSecond }) => tradesPerSecond),
      note: 'from the first trade made until all is stored and settled; the details are of the last run',
      details: { ...outcome, ...(rates.length === 0 ? {} : { tradesInTheMedianSecond: median(rates) }) },
    }),
    figureOf({
      figure: 'chain-throughput.cpu',
      unit: 'µs/trade',
      runs: chains.map(({ outcome: done }) => cpuMicrosPerTrade(done)),
      reference: 'bare inserts: Node and ClickHouse together',
      referenceRuns: inserts.map((insert) => insert.cpuMicrosPerTrade),
      note: 'CPU time of Node and ClickHouse together; it moves less than the rate when others use the machine',
      details: {
        nodeMicrosPerTrade: (outcome.nodeCpuSeconds / outcome.trades) * 1e6,
        clickHouseMicrosPerTrade: (outcome.clickHouseCpuSeconds / outcome.trades) * 1e6,
      },
    }),
    figureOf({
      figure: 'chain-throughput.memory-peak',
      unit: 'MB',
      runs: ofChain(({ peakMb }) => peakMb),
      reference: 'bare inserts: Node and ClickHouse together',
      referenceRuns: inserts.map(({ peakMb }) => peakMb),
      note: 'resident memory of Node and ClickHouse together, at the worst moment',
      details: { nodePeakMb: memory.nodePeakMb, clickHousePeakMb: memory.clickHousePeakMb },
    }),
    figureOf({
      figure: 'chain-throughput.memory-slope',
      unit: 'MB/min',
      runs: ofChain(({ secondHalfMbAMinute }) => secondHalfMbAMinute),
      reference: 'the first half of the same time',
      referenceRuns: ofChain(({ firstHalfMbAMinute }) => firstHalfMbAMinute),
      note: 'growth of the resident memory over the second half: near zero when it is flat',
    }),
    figureOf({
      figure: 'chain-throughput.memory-growth',
      unit: '%',
      runs: ofChain(({ growthPercent }) => growthPercent),
      reference: 'bare inserts: Node and ClickHouse together, of as little as they run',
      referenceRuns: inserts.map((insert) => insert.growthPercent),
      note: `from ${(seconds * 3) / 10} s after the start to ${seconds} s`,
    }),
  ];
}

function cpuMicrosPerTrade({ nodeCpuSeconds, clickHouseCpuSeconds, trades }: ChainOutcome): number {
  return ((nodeCpuSeconds + clickHouseCpuSeconds) / trades) * 1e6;
}

async function runChain(bench: Bench, seconds: number): Promise<MeasuredChain> {
  const request: ChainProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    speed: 'max',
    seconds,
    warmUpSeconds: null,
  };
  const program = new StartedProgram<ChainProgram>('chain', request, bench.resources);
  const { clickHousePid } = await program.next('ready');
  const memory = new MemorySampler([program.pid, clickHousePid], bench.resources);
  const marks = [{ trades: 0, atMs: performance.now() }];
  program.onProgress(({ trades }) => {
    marks.push({ trades, atMs: performance.now() });
    bench.tell(`${trades} trades`);
  });
  await program.next('settled');
  memory.stop();
  const { kind: _, latencies: __, ...outcome } = await program.next('done');
  await program.end();
  bench.tell(`${outcome.trades} trades in ${outcome.seconds.toFixed(1)} s`);
  return { outcome, memory: memoryUseOf(memory), rates: ratesOf(marks) };
}

function ratesOf(marks: readonly { readonly trades: number; readonly atMs: number }[]): readonly number[] {
  return marks.slice(1).map(({ trades, atMs }, n) => {
    const before = marks[n]!;
    return ((trades - before.trades) / (atMs - before.atMs)) * 1000;
  });
}

function memoryUseOf(sampler: MemorySampler): MemoryUse {
  const { firstHalf, secondHalf } = sampler.slopesMbAMinute();
  const [nodePeakMb, clickHousePeakMb] = sampler.peaksMb;
  return {
    peakMb: sampler.peakMb,
    nodePeakMb: nodePeakMb!,
    clickHousePeakMb: clickHousePeakMb!,
    firstHalfMbAMinute: firstHalf,
    secondHalfMbAMinute: secondHalf,
    growthPercent: sampler.growthPercent(),
  };
}

interface BareInserts {
  readonly tradesPerSecond: number;
  readonly cpuMicrosPerTrade: number;
  readonly peakMb: number;
  readonly growthPercent: number;
}

async function insertBare(bench: Bench): Promise<BareInserts> {
  const request: BareInsertsProgram['request'] = {
    dataDir: temporaryFolder(bench.resources),
    kind: 'saturated',
    seconds: REFERENCE_SECONDS,
    batchSize: BATCH_SIZE,
  };
  const program = new StartedProgram<BareInsertsProgram>('bare-inserts', request, bench.resources);
  const { clickHousePid } = await program.next('ready');
  const memory = new MemorySampler([program.pid, clickHousePid], bench.resources);
  const { tradesPerSecond, cpuMicrosPerTrade } = await program.next('saturated');
  memory.stop();
  await program.end();
  bench.tell(`bare inserts: ${Math.round(tradesPerSecond)} trades/s`);
  return { tradesPerSecond, cpuMicrosPerTrade, peakMb: memory.peakMb, growthPercent: memory.growthPercent() };
}
