/** A server whose parent was killed lives on for a moment and holds its folder: the next parent ends it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../shared/runtime/log.ts';

const PID_FILE = 'clickhouse.pid';
const END_TIMEOUT_MS = 5000;
const POLL_MS = 10;

/**
 * On a full disk nothing is recorded: that must not end a server which is wanted, and a parent that does not find its
 * predecessor's child waits for the folder instead.
 */
export function recordChild(dataDir: string, pid: number): void {
  try {
    writeFileSync(join(dataDir, PID_FILE), `${pid}\n`, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
  }
}

/** Kills the server that the folder has recorded, if that process still is one and serves this folder. */
export async function killOrphan(dataDir: string, log: Log): Promise<void> {
  const pid = recordedPid(dataDir);
  if (pid === null || !serves(pid, dataDir)) return;
  log.warn('a ClickHouse left over from a killed process is ended', { pid });
  process.kill(pid, 'SIGKILL');
  const deadline = Date.now() + END_TIMEOUT_MS;
  while (serves(pid, dataDir) && Date.now() < deadline) await delay(POLL_MS);
}

function recordedPid(dataDir: string): number | null {
  const path = join(dataDir, PID_FILE);
  if (!existsSync(path)) return null;
  const pid = Number(readFileSync(path, 'utf8'));
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** The process may have ended and its id may be another's by now, so its command line has to name the folder. */
function serves(pid: number, dataDir: string): boolean {
  const commandLine = commandLineOf(pid);
  return (
    commandLine.includes('clickhouse-child.js') && commandLine.includes(`--path=${join(dataDir, 'store')}`)
  );
}

/** Empty: there is no such process, or it has ended and only its parent has not looked yet. */
function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
