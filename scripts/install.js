/**
 * Brings node_modules up to package-lock.json, and does nothing when it is. Runs before the npm scripts, on
 * whatever Node (≥ 20) the machine has, so it is plain JavaScript and needs no package. `--inspect` only says what
 * it finds.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MINIMUM_NODE = 20;

/** Written after an installation: the hash of the lock file that it followed. `npm ci` removes it with the folder. */
const STAMP = '.millrace-lock-hash';
/** What npm notes of the packages that it has put there, in the lock file's own form. */
const INSTALLED = '.package-lock.json';

/**
 * @param {string} root the repository's folder
 * @returns {{kind: 'current'} | {kind: 'stale', because: string}}
 */
function inspectInstallation(root) {
  const modules = join(root, 'node_modules');
  const stampFile = join(modules, STAMP);
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const lockHash = createHash('sha256').update(lockText).digest('hex');
  if (!existsSync(modules)) return { kind: 'stale', because: 'node_modules is missing' };
  if (!existsSync(join(modules, '.bin', 'node')))
    return { kind: 'stale', because: 'Node 24 is missing from node_modules' };
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) return { kind: 'current' };
  const difference = firstDifference(lockText, join(modules, INSTALLED));
  if (difference !== null) return { kind: 'stale', because: difference };
  // Somebody ran npm by hand: what lies there is right, and the next look is quicker.
  writeFileSync(stampFile, lockHash);
  return { kind: 'current' };
}

/** Packages of other platforms are optional and may be absent. */
function firstDifference(lockText, installedFile) {
  if (!existsSync(installedFile)) return 'an installation was not finished';
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, { version, optional, integrity }] of Object.entries(wanted)) {
    if (path === '') continue;
    const present = installed[path];
    if (present === undefined && optional) continue;
    if (present?.version !== version || present?.integrity !== integrity) {
      return `${path.replace('node_modules/', '')} is not as package-lock.json has it`;
    }
  }
  return null;
}

/**
 * npm must not run on the Node inside node_modules, which it is about to replace.
 * @returns {number} the exit code of npm
 */
function runNpmCi(root) {
  const bin = join(root, 'node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin);
  const { status, error } = spawnSync('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    // Results of `npm test` and `npm start` own stdout.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) process.stderr.write(`millrace: cannot run npm (${error.message})\n`);
  return status ?? 1;
}

function install(root) {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
    process.stderr.write(
      `millrace: expected Node ${MINIMUM_NODE} or newer, got ${process.version} (https://nodejs.org)\n`,
    );
    return 1;
  }
  const before = inspectInstallation(root);
  if (before.kind === 'current') return 0;
  process.stderr.write(
    `millrace: ${before.because}; running \`npm ci\` (about a minute, 1.2 GB with Node 24 and ClickHouse)\n`,
  );
  const status = runNpmCi(root);
  if (status !== 0) return status;
  const after = inspectInstallation(root);
  if (after.kind === 'current') return 0;
  process.stderr.write(
    `millrace: after npm ci, ${after.because}; does npm run install scripts (ignore-scripts)?\n`,
  );
  return 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  if (process.argv[2] === '--inspect') {
    const found = inspectInstallation(root);
    process.stdout.write(`${found.kind === 'current' ? 'current' : found.because}\n`);
  } else {
    process.exitCode = install(root);
  }
}
