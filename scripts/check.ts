/**
 * `npm run check`: everything that is looked at before a commit, two at a time, saying only what is wrong.
 * `--names` prints the names of the checks, one a line, for whoever runs them one by one.
 */
import { spawn } from 'node:child_process';

/** npm scripts, the slowest first. */
const CHECKS = [
  'check:lint',
  'test:unit',
  'check:types',
  'check:dead-code',
  'check:format',
  'check:imports',
  'check:secrets',
  'check:duplicates',
];
const AT_ONCE = 2;

interface Outcome {
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** Runs one npm script and keeps what it prints. */
async function runCheck(name: string): Promise<Outcome> {
  const startedAt = performance.now();
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const code = await new Promise<number | null>((settle) => child.on('close', settle));
  return { passed: code === 0, seconds: (performance.now() - startedAt) / 1000, output };
}

/** @returns how many failed */
async function runChecks(names: readonly string[]): Promise<number> {
  const waiting = [...names];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { passed, seconds, output } = await runCheck(name);
      process.stdout.write(`${passed ? 'ok    ' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s\n`);
      if (!passed) process.stdout.write(`${output.trim()}\n\n`);
      failed += passed ? 0 : 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}

if (process.argv.includes('--names')) {
  process.stdout.write(`${CHECKS.join('\n')}\n`);
} else {
  const failed = await runChecks(CHECKS);
  process.stdout.write(`${CHECKS.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
