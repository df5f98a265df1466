/**
 * `npm run test:api`: schemathesis, with all its checks, against the one-process platform with its simulated market. What the
 * OpenAPI document says is accepted has to be accepted, what it doesn't has to be refused, and no answer may be one
 * that it does not tell of.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../emulator/folders.ts';
import { OneLineFailure, runScript } from '../emulator/one-line-failure.ts';
import { preparePython } from '../emulator/python-environment.ts';
import { runCommand } from '../emulator/run-command.ts';

const FOLDER = join(ROOT, '.api-tests');
/** Of the whole run: what is generated goes on until then. */
const SECONDS = 120;
const READY_MS = 60_000;
const STOP_MS = 10_000;

await runScript(async (signal) => {
  mkdirSync(FOLDER, { recursive: true });
  const schemathesis = await preparePython(
    {
      name: 'schemathesis',
      folder: join(FOLDER, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      executable: 'st',
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-api-'));
  const platform = startPlatform(dataDir);
  try {
    const { origin, token } = await printedAddress(platform);
    await runCommand(schemathesis, argumentsOf(`${origin}/openapi.json`), {
      cwd: FOLDER,
      env: { ...process.env, MILLRACE_TOKEN: token },
      what: 'holding the API against its description',
      onOutput: (text) => process.stdout.write(text),
      signal,
    });
  } finally {
    await stop(platform);
    rmSync(dataDir, { recursive: true, force: true });
  }
});

function argumentsOf(document: string): string[] {
  const config = ['--config-file', join(import.meta.dirname, 'schemathesis.toml')];
  const run = ['run', document, '--checks', 'all', '--max-time', String(SECONDS), '--no-color'];
  return [...config, ...run, '--continue-on-failure', '--generation-database', 'none'];
}

function startPlatform(dataDir: string): ChildProcess {
  const entry = join(ROOT, 'bin', 'millrace.ts');
  const args = ['start', '--port', '0', '--data-dir', dataDir, '--instruments', '2'];
  return spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Goes on reading what the platform logs afterwards: a pipe that nobody empties fills, and then a write to it stands still. */
async function printedAddress(platform: ChildProcess): Promise<{ origin: string; token: string }> {
  const timer = setTimeout(() => platform.kill('SIGKILL'), READY_MS);
  try {
    return await new Promise((resolve, reject) => {
      let said = '';
      let found = false;
      platform.stderr!.setEncoding('utf8').on('data', (text: string) => {
        if (found) return;
        said += text;
        const address = /dashboard: (\S+)#token=(\S+)\n/.exec(said);
        if (address === null) return;
        found = true;
        resolve({ origin: new URL(address[1]!).origin, token: address[2]! });
      });
      platform.once('close', () => reject(new OneLineFailure(`the platform did not start:\n${said}`)));
    });
  } finally {
    clearTimeout(timer);
  }
}

async function stop(platform: ChildProcess): Promise<void> {
  if (platform.exitCode !== null || platform.signalCode !== null) return;
  platform.kill('SIGINT');
  // Grids that are still under way are of no interest any more.
  const impatient = setTimeout(() => platform.kill('SIGKILL'), STOP_MS);
  await once(platform, 'exit');
  clearTimeout(impatient);
}
