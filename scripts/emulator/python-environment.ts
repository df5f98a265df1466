import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ROOT } from './folders.ts';
import { OneLineFailure } from './one-line-failure.ts';
import { runCommand } from './run-command.ts';

const MINIMUM_PYTHON = [3, 10] as const;

export interface PythonEnvironment {
  /** What it is for, in messages: the name of a package. */
  readonly name: string;
  readonly folder: string;
  /** A file of pinned packages. */
  readonly requirements: string;
  readonly executable: string;
}

/**
 * Makes a Python environment inside the project folder when it is missing or outdated.
 * @returns the path of its executable.
 * @throws OneLineFailure when there is no Python 3.10 with venv, or the package index cannot be reached.
 */
export async function preparePython(
  { name, folder, requirements, executable }: PythonEnvironment,
  tell: (line: string) => void,
): Promise<string> {
  const path = join(folder, 'bin', executable);
  // Holds the requirements that the environment was made from, so that it is made anew when they change.
  const stamp = join(folder, 'installed-requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(path)) return path;
  const python = findPython(['python3', 'python']);
  tell(`installing ${name} into ${folder.slice(ROOT.length + 1)}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const options = { cwd: ROOT, env: process.env };
  await runCommand(python, ['-m', 'venv', folder], {
    ...options,
    what: 'making a Python environment: expected the venv module (Debian: apt-get install python3-venv)',
  });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await runCommand(join(folder, 'bin', 'python'), [...pip, '--requirement', requirements], {
    ...options,
    what: `installing ${name} from the Python package index`,
  });
  await writeFile(stamp, wanted);
  return path;
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
