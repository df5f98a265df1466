/** What a process takes of the machine, as the operating system counts it: /proc on Linux, `ps` elsewhere. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const HAS_PROC = process.platform === 'linux';
/** The unit of CPU times in /proc: USER_HZ, 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** Resident memory in bytes; 0 when the process has ended. */
export function residentBytes(pid: number): number {
  if (!HAS_PROC) return Number(ps(pid, 'rss=')) * KIB;
  const status = read(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * KIB;
}

/** CPU seconds of all its threads, in user and kernel mode, since it began; 0 when the process has ended. */
export function cpuSeconds(pid: number): number {
  if (!HAS_PROC) return secondsOf(ps(pid, 'time='));
  const [, , , , , , , , , , , userTicks = '0', kernelTicks = '0'] = statFields(pid);
  return (Number(userTicks) + Number(kernelTicks)) / TICKS_PER_SECOND;
}

/** The processes that it has started and that are still there. */
export function childrenOf(pid: number): readonly number[] {
  if (HAS_PROC) return processIds().filter((candidate) => Number(statFields(candidate)[1]) === pid);
  return ps(null, 'pid=,ppid=')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields behind the name, which stands in brackets and may hold anything: state, parent, …, user and kernel ticks. */
function statFields(pid: number): readonly string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty: the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param pid null: of all processes. Empty: the process has ended. */
function ps(pid: number | null, format: string): string {
  try {
    return execFileSync('ps', ['-o', format, ...(pid === null ? ['-A'] : ['-p', String(pid)])], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return '';
  }
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` */
function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) + Number(days) * 86_400;
}
