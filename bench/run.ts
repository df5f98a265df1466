/**
 * `npm run bench -- [name …]`: measures the platform, each figure beside a reference that is measured in the same run,
 * because machines differ and have neighbours. One JSON line a figure on standard output, progress on standard error.
 * It never gates a test.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.ts';
import type { Figure } from './figure.ts';

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_BAD_INPUT = 2;
const EXIT_INTERRUPTED = 130;

/** What the user got wrong: one line. */
class BadInput extends Error {}

interface Request {
  readonly names: readonly string[];
  readonly help: boolean;
  readonly runs: number | null;
  readonly seconds: number | null;
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!interruption.signal.aborted) tell('interrupted: ending what was started');
    interruption.abort();
  });
}
const code = await main(process.argv.slice(2));
// An interrupted benchmark may still wait for something; standard output is to be taken first.
process.stdout.write('', () => process.exit(code));

async function main(args: readonly string[]): Promise<number> {
  try {
    const request = readRequest(args);
    if (request.help) return showHelp();
    tell(
      `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'an unknown CPU'}, load ${load()}`,
    );
    for (const name of request.names) await runOne(name, request);
    return EXIT_DONE;
  } catch (error) {
    if (interruption.signal.aborted) return EXIT_INTERRUPTED;
    tell(error instanceof Error ? error.message : String(error));
    return error instanceof BadInput ? EXIT_BAD_INPUT : EXIT_FAILED;
  }
}

async function runOne(name: string, { runs, seconds }: Request): Promise<void> {
  tell(`${name}: ${BENCHMARKS[name]!.summary} (load ${load()})`);
  const loadBefore = loadavg()[0]!;
  const benchmark = await BENCHMARKS[name]!.load();
  await using resources = new AsyncDisposableStack();
  const bench = { runs, seconds, resources, tell: (line: string) => tell(`${name}: ${line}`) };
  const figures = await unlessInterrupted(benchmark(bench));
  for (const figure of figures) print({ ...figure, loadBefore });
}

/** Rejects at once when the user has had enough; what the benchmark had started ends with its resources. */
async function unlessInterrupted<T>(running: Promise<T>): Promise<T> {
  const { signal } = interruption;
  signal.throwIfAborted();
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  return Promise.race([running, interrupted]);
}

function readRequest(args: readonly string[]): Request {
  const { values, positionals } = parsed(args);
  const unknown = positionals.find((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown !== undefined) {
    throw new BadInput(
      `bench: no figure ${JSON.stringify(unknown)}, expected ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  }
  return {
    names: positionals.length === 0 ? Object.keys(BENCHMARKS) : positionals,
    help: values.help === true,
    runs: count('--runs', values.runs, 100),
    seconds: count('--seconds', values.seconds, 3600),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadInput(`bench: ${(error as Error).message.split('.')[0]!}`);
  }
}

function count(option: string, text: string | undefined, most: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw new BadInput(`${option}: expected a whole number from 1 to ${most}, got ${JSON.stringify(text)}`);
}

function showHelp(): number {
  const width = Math.max(...Object.keys(BENCHMARKS).map((name) => name.length));
  const lines = Object.entries(BENCHMARKS).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  process.stdout.write(
    `npm run bench -- [name …] [--runs N] [--seconds N]\n\n${lines.join('\n')}\n\n` +
      '  --runs N      runs of each, whose median is the value\n' +
      '  --seconds N   length of each timed run\n\n' +
      'Without a name all of them run, which takes about ten minutes.\n',
  );
  return EXIT_DONE;
}

function print(figure: Figure & { readonly loadBefore: number }): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function load(): string {
  return loadavg()
    .map((average) => average.toFixed(1))
    .join(' ');
}
