/**
 * npm runs a command in a shell and passes no signal on to it: whoever ends npm would leave the command running, with
 * its port and its data folder, and nobody who knows of it.
 */
import { readFileSync } from 'node:fs';

/** What is known of processes, so that a test can say it. */
export interface ProcessTable {
  /** Of this process: 1 or a reaper's, once the first one has ended. */
  parentId(): number;
  /** null: cannot be told. */
  parentIdOf(pid: number): number | null;
  commandLineOf(pid: number): string | null;
}

const CHECK_EVERY_MS = 250;

/** Something that started this process, and that it should not outlive. */
export interface Launcher {
  isGone(): boolean;
}

/**
 * To be asked first thing: who has ended before cannot be told apart later.
 * @returns null: nobody but the user, who may well let it run on
 */
export function findLauncher(
  environment: NodeJS.ProcessEnv,
  processes: ProcessTable = linuxProcesses,
): Launcher | null {
  const isNpm = environment['npm_lifecycle_event'] !== undefined;
  if (!isNpm && environment['MILLRACE_LAUNCHER'] === undefined) return null;
  const parent = processes.parentId();
  const grandparent = processes.parentIdOf(parent);
  // Between npm and us there may be a shell, which waits for us when npm was killed.
  const isBehindShell = isNpm && grandparent !== null && isNamed(grandparent, /^npm/, processes);
  const isOrphaned = isNpm && grandparent !== null && isOrphan(parent, grandparent, processes);
  return {
    isGone: () =>
      isOrphaned ||
      processes.parentId() !== parent ||
      (isBehindShell && processes.parentIdOf(parent) !== grandparent),
  };
}

/** A shell that npm had started before it was killed, and that has been given to the first process since. */
function isOrphan(parent: number, grandparent: number, processes: ProcessTable): boolean {
  return grandparent === 1 && isNamed(parent, /^sh\0-c\0/, processes) && !isNamed(1, /^npm/, processes);
}

function isNamed(pid: number, pattern: RegExp, processes: ProcessTable): boolean {
  return pattern.test(processes.commandLineOf(pid) ?? '');
}

/** Calls once when the launcher has ended. The timer keeps no process alive. */
export function watchLauncher(launcher: Launcher, onGone: () => void): void {
  const timer = setInterval(() => {
    if (!launcher.isGone()) return;
    clearInterval(timer);
    onGone();
  }, CHECK_EVERY_MS);
  timer.unref();
}

/** Elsewhere only the own parent is watched: there the usual shell leaves its place to the command. */
const linuxProcesses: ProcessTable = {
  parentId: () => process.ppid,
  parentIdOf: (pid) => {
    // The name before it stands in parentheses and may hold anything. See proc_pid_stat(5).
    const parent = readOrNull(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[1];
    return parent === undefined ? null : Number(parent);
  },
  commandLineOf: (pid) => readOrNull(`/proc/${pid}/cmdline`),
};

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
