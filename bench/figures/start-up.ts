import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside } from '../measuring/beside.ts';
import { untilAnswered } from '../processes/answer-of.ts';
import { freePort } from '../processes/free-port.ts';
import { StartedPlatform } from '../processes/started-platform.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareServerProgram } from '../programs/bare-server.ts';

const RUNS = 5;

interface Answered {
  readonly healthMs: number;
  readonly pageMs: number;
}

/** From the command to the first answers, on a fresh data folder and on one with data, beside a bare server. */
export async function startUp(bench: Bench): Promise<readonly Figure[]> {
  const runs = bench.runs ?? RUNS;
  const folders = Array.from({ length: runs }, () => temporaryFolder(bench.resources));
  const bare = async (): Promise<Answered> => startBare(bench);
  const fresh = await beside(runs, eachOf(folders, bench, 'a fresh folder'), bare);
  const existing = await beside(runs, eachOf(folders, bench, 'a folder with data'), bare);
  const figure = (
    name: string,
    { runs: measured, referenceRuns }: typeof fresh,
    pick: (run: Answered) => number,
  ): Figure =>
    figureOf({
      figure: `start-up.${name}`,
      unit: 'ms',
      runs: measured.map(pick),
      reference: 'a bare node:http server in a Node process of its own',
      referenceRuns: referenceRuns.map(pick),
      note: 'from spawning `millrace start` until the address answers with 200',
    });
  return [
    figure('fresh.health', fresh, ({ healthMs }) => healthMs),
    figure('fresh.page', fresh, ({ pageMs }) => pageMs),
    figure('existing.health', existing, ({ healthMs }) => healthMs),
    figure('existing.page', existing, ({ pageMs }) => pageMs),
  ];
}

/** @returns a measurement that takes the next folder each time. */
function eachOf(folders: readonly string[], bench: Bench, what: string): () => Promise<Answered> {
  const left = [...folders];
  return async () => {
    const answered = await startPlatform(bench, left.shift()!);
    bench.tell(
      `${what}: health after ${Math.round(answered.healthMs)} ms, page after ${Math.round(answered.pageMs)} ms`,
    );
    return answered;
  };
}

async function startPlatform(bench: Bench, dataDir: string): Promise<Answered> {
  const port = await freePort();
  const beganAtMs = performance.now();
  const platform = new StartedPlatform(dataDir, port, bench.resources);
  const answered = await firstAnswers(`http://127.0.0.1:${port}`, beganAtMs);
  await platform.end();
  return answered;
}

async function startBare(bench: Bench): Promise<Answered> {
  const port = await freePort();
  const beganAtMs = performance.now();
  const request: BareServerProgram['request'] = { port, body: '{}' };
  const program = new StartedProgram<BareServerProgram>('bare-server', request, bench.resources);
  const answered = await firstAnswers(`http://127.0.0.1:${port}`, beganAtMs);
  await program.end();
  return answered;
}

async function firstAnswers(url: string, beganAtMs: number): Promise<Answered> {
  const answeredAfterMs = async (path: string): Promise<number> => {
    await untilAnswered({ url: `${url}${path}` });
    return performance.now() - beganAtMs;
  };
  const [healthMs, pageMs] = await Promise.all([answeredAfterMs('/v1/health'), answeredAfterMs('/')]);
  return { healthMs, pageMs };
}
