/** Programs and packages: those that everything runs on, and those that only some jobs need. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { log } from '../../shared/runtime/log.ts';
import { missing, ok, optional, type Check } from './check.ts';
import { outputOf } from './program-version.ts';

/** The program that a check asks, so that a test can answer for it. */
export type Ask = typeof outputOf;

const NODE_MAJOR = 24;

export function checkNode(version: string, execPath: string): Check {
  const major = Number(version.slice(1).split('.')[0]);
  return major >= NODE_MAJOR
    ? ok('node', `${version} at ${execPath}`)
    : missing('node', `${version} at ${execPath}`, 'npm ci (brings Node 24 into node_modules)');
}

const INSTALLER = fileURLToPath(new URL('../../scripts/install.js', import.meta.url));

/** Whether node_modules is what package-lock.json asks for, as after a `git pull` it may not be. */
export async function checkPackages(ask: Ask = outputOf): Promise<Check> {
  const found = (await ask(process.execPath, [INSTALLER, '--inspect'])) ?? 'package-lock.json cannot be read';
  return found === 'current'
    ? ok('packages', 'as package-lock.json has them')
    : missing('packages', found, 'npm ci');
}

/** Starts the engine on an empty folder and ends it: about half a second, and nothing less would tell. */
export async function checkClickHouse(start = startClickHouse): Promise<Check> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
  try {
    const startedAt = performance.now();
    const server = await start({ dataDir, log });
    const seconds = (performance.now() - startedAt) / 1000;
    await server.stop({ fast: true });
    return ok('clickhouse', `starts in ${seconds.toFixed(1)} s`);
  } catch (error) {
    const found = (error as Error).message;
    return missing(
      'clickhouse',
      found,
      `Linux (glibc) or macOS, x64 or arm64, and npm ci (this is ${process.platform} ${process.arch})`,
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const PYTHON_MINIMUM_MINOR = 10;
/** Prints the version, and fails when virtual environments cannot be made, as on a bare Debian. */
const PYTHON_PROBE = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])';

/** The emulator runs in a Python virtual environment. */
export async function checkPython(ask: Ask = outputOf): Promise<Check> {
  const version = await ask('python3', ['-c', PYTHON_PROBE]);
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (version !== null && major === 3 && minor !== undefined && minor >= PYTHON_MINIMUM_MINOR)
    return ok('python', version);
  return optional(
    'python',
    version ?? 'no python3 with venv',
    `for npm run emulator: Python ≥ 3.${PYTHON_MINIMUM_MINOR} with venv (Debian: apt-get install python3-venv)`,
  );
}

export async function checkDocker(ask: Ask = outputOf): Promise<Check> {
  const server = await ask('docker', ['version', '--format', '{{.Server.Version}}']);
  if (server !== null && server !== '') return ok('docker', `server ${server}`);
  return optional(
    'docker',
    'no running Docker',
    'for LocalStack and the collector’s image: https://docs.docker.com/engine/install/ (npm run emulator needs none)',
  );
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

export async function checkBrowser(ask: Ask = outputOf): Promise<Check> {
  for (const browser of BROWSERS) {
    const version = await ask(browser, ['--version']);
    if (version !== null) return ok('browser', version);
  }
  return optional('browser', 'no Chromium', 'for npm run test:browser: Debian: apt-get install chromium');
}
