import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { EMULATOR_FOLDER, ROOT } from './folders.ts';
import { OneLineFailure } from './one-line-failure.ts';
import { runCommand } from './run-command.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const VENV = join(EMULATOR_FOLDER, 'venv');
/** Holds the requirements that the environment was made from, so that it is made anew when they change. */
const STAMP = join(VENV, 'installed-requirements.txt');
const MINIMUM_PYTHON = [3, 10] as const;

/**
 * Makes the Python environment inside the project folder when it is missing or outdated.
 * @returns the path of the MiniStack executable.
 * @throws OneLineFailure when there is no Python 3.10 with venv, or the package index cannot be reached.
 */
export async function installMiniStack(tell: (line: string) => void): Promise<string> {
  const executable = join(VENV, 'bin', 'ministack');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && existsSync(executable))
    return executable;
  const python = findPython(['python3', 'python']);
  tell('installing MiniStack into .emulator/venv');
  await rm(VENV, { recursive: true, force: true });
  await mkdir(EMULATOR_FOLDER, { recursive: true });
  const options = { cwd: ROOT, env: process.env };
  await runCommand(python, ['-m', 'venv', VENV], {
    ...options,
    what: 'making a Python environment: expected the venv module (Debian: apt-get install python3-venv)',
  });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    REQUIREMENTS,
  ];
  await runCommand(join(VENV, 'bin', 'python'), pip, {
    ...options,
    what: 'installing MiniStack from the Python package index',
  });
  await writeFile(STAMP, wanted);
  return executable;
}

/** @throws OneLineFailure when none of these commands is a Python that is new enough. */
export function findPython(commands: readonly string[]): string {
  const script = 'import sys; print(*sys.version_info[:2])';
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
    if (major === MINIMUM_PYTHON[0] && minor >= MINIMUM_PYTHON[1]) return command;
  }
  throw new OneLineFailure(
    `the emulator needs Python ${MINIMUM_PYTHON.join('.')} or newer with venv: expected python3 on the PATH (Debian: apt-get install python3 python3-venv)`,
  );
}
