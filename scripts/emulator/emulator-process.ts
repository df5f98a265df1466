/** An emulator as a process of this machine: started, awaited, and ended with all that it has started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { OneLineFailure } from './one-line-failure.ts';

export interface EmulatorProcess {
  readonly endpoint: string;
  /** Its own and its children's processes. */
  readonly processGroup: number;
  /** Resolves when it has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>;
  /** Ends it with every process that it has started. */
  stop(): Promise<void>;
}

export interface EmulatorProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  readonly healthPath: string;
  readonly startTimeoutMs: number;
}

/** Emulators listen here, where this machine alone reaches them. */
export const HOST = '127.0.0.1';
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 100;

/** @throws OneLineFailure when it does not come up. The port is free, see `refuseTakenPort`. */
export async function startEmulatorProcess(options: EmulatorProcessOptions): Promise<EmulatorProcess> {
  const { name, command, args, env, folder, logFile, port } = options;
  const child = spawn(command, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it starts are its children, and are ended with it.
    detached: true,
  });
  const logStream = createWriteStream(logFile);
  child.stdout.pipe(logStream);
  child.stderr.pipe(logStream, { end: false });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  const endpoint = `http://${HOST}:${port}`;
  const stop = async (): Promise<void> => stopGroup(child, ended);
  try {
    await untilHealthy(endpoint + options.healthPath, child, options.startTimeoutMs);
  } catch (error) {
    await stop();
    throw new OneLineFailure(`${name} did not start on ${endpoint}: see ${logFile}`, { cause: error });
  }
  return { endpoint, processGroup: child.pid!, ended, stop };
}

async function untilHealthy(url: string, child: ChildProcess, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error('it ended');
    const healthy = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`no answer within ${timeoutMs} ms`);
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), STOP_TIMEOUT_MS).unref());
  await Promise.race([ended, late]);
  // Children that outlived it, or all when it did not listen.
  signalGroup(pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** @throws OneLineFailure */
export async function refuseTakenPort(port: number): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
  if (!free)
    throw new OneLineFailure(
      `port ${port} of ${HOST} is taken: expected a free one for the emulator (--port)`,
    );
}
