/**
 * `npm run simulate`: runs seeds of the simulation, as many at once as there are cores. What came of them goes to standard
 * output as one JSON document, progress and failures to standard error. 0: no law was broken, 1: one was, 2: bad input.
 */
import { replayCommand, type Scope } from '../scope.ts';
import { shrink } from '../shrink.ts';
import type { Outcome } from '../simulate.ts';
import { BadInput, HELP, readRequest, type Request } from './options.ts';
import { tellStory } from './story.ts';
import { Tally } from './tally.ts';
import { Workers } from './workers.ts';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_BAD_INPUT = 2;
const PROGRESS_EVERY_MS = 5000;
/** The rest most likely fails of the same. */
const MOST_SHRUNK = 3;
const MOST_TOLD = 20;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const request = readRequest(args);
    if (request.help) {
      process.stdout.write(HELP);
      return EXIT_DONE;
    }
    return await simulate(request);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    tell(`simulate: ${error.message}`);
    return EXIT_BAD_INPUT;
  }
}

async function simulate(request: Request): Promise<number> {
  const { from, seeds, scope, story } = request;
  if (story) await tellStory(from, scope, tell);
  await using workers = new Workers(Math.min(request.workers, seeds));
  const startedAtMs = performance.now();
  const tally = new Tally();
  let toldAtMs = startedAtMs;
  await workers.run(numbersFrom(from, seeds), scope, (outcome) => {
    tally.add(outcome);
    if (outcome.violation !== null && tally.broken.length <= MOST_TOLD) tell(complaint(outcome, scope));
    if (performance.now() - toldAtMs < PROGRESS_EVERY_MS) return;
    toldAtMs = performance.now();
    tell(progress(tally, seeds, (toldAtMs - startedAtMs) / 1000));
  });
  const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
  // What was asked for in parts has been shrunk before.
  if (Object.values(scope).every((part) => part === null)) await shrinkFirst(tally, workers);
  process.stdout.write(`${JSON.stringify({ from, ...tally.summary(), seconds })}\n`);
  return tally.broken.length === 0 ? EXIT_DONE : EXIT_FAILED;
}

function* numbersFrom(from: number, count: number): Generator<number, void, undefined> {
  for (let i = 0; i < count; i++) yield from + i;
}

async function shrinkFirst({ broken }: Tally, workers: Workers): Promise<void> {
  for (const whole of broken.sort((a, b) => a.seed - b.seed).slice(0, MOST_SHRUNK)) {
    tell(`seed ${whole.seed}: looking for less that fails`);
    const { scope, outcome, tries } = await shrink(whole, async (part) => workers.runOne(whole.seed, part));
    const { orders, seconds, faults } = outcome;
    tell(
      `seed ${whole.seed}: after ${tries} tries ${orders} orders, ${faults.length} faults, ${seconds} s of market`,
    );
    for (const { number, kind, where, atMs } of faults)
      tell(`  fault ${number}: ${kind} in ${where} at ${atMs}`);
    tell(complaint(outcome, scope));
  }
}

function complaint({ seed, violation }: Outcome, scope: Scope): string {
  const { law, what, atMs } = violation!;
  return `seed ${seed} FAILED at ${atMs}: ${law}: ${what}\n  ${replayCommand(seed, scope)}`;
}

function progress(tally: Tally, seeds: number, seconds: number): string {
  const leftSeconds = Math.round((seconds / tally.seeds) * (seeds - tally.seeds));
  return `${tally.seeds} of ${seeds} seeds, ${tally.broken.length} failed, ${leftSeconds} s left`;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
