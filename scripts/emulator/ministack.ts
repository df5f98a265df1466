import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { ROOT } from './folders.ts';
import { OneLineFailure } from './one-line-failure.ts';

export interface MiniStack {
  readonly endpoint: string;
  /** Its own and its functions' processes. */
  readonly processGroup: number;
  /** Resolves when it has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>;
  /** Ends it with every function that it runs. */
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  readonly executable: string;
  readonly port: number;
  /** Holds its log and the functions' unpacked code; what lay there is removed. */
  readonly folder: string;
}

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 100;

/** Starts MiniStack on this machine alone. @throws OneLineFailure when the port is taken or it does not come up. */
export async function startMiniStack({ executable, port, folder }: MiniStackOptions): Promise<MiniStack> {
  await refuseTakenPort(port);
  const temporary = join(folder, 'tmp');
  await rm(folder, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  // Its own scripts are CommonJS, which this project's package.json would deny them.
  await writeFile(join(temporary, 'package.json'), '{ "type": "commonjs" }\n');
  const logFile = join(folder, 'ministack.log');
  const child = spawn(executable, [], {
    cwd: folder,
    env: environment(port, temporary),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: the functions are its children, and are ended with it.
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
  const stop = async (): Promise<void> => {
    await stopGroup(child, ended);
    await rm(temporary, { recursive: true, force: true });
  };
  try {
    await untilHealthy(endpoint, child);
  } catch (error) {
    await stop();
    throw new OneLineFailure(`MiniStack did not start on ${endpoint}: see ${logFile}`, { cause: error });
  }
  return { endpoint, processGroup: child.pid!, ended, stop };
}

/**
 * Functions inherit the whole environment of the emulator, so it gets no more than it needs: above all nobody's AWS
 * profile. Node 24 comes first on the PATH, because functions run on whichever `node` is found there.
 */
function environment(port: number, temporary: string): NodeJS.ProcessEnv {
  const bin = join(ROOT, 'node_modules', '.bin');
  return {
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: process.env['HOME'],
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    NODE_PATH: join(ROOT, 'node_modules'),
    NODE_OPTIONS: '--disable-warning=DEP0169',
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: HOST,
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
  };
}

async function untilHealthy(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error('it ended');
    const healthy = await fetch(`${endpoint}/_ministack/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`no answer within ${START_TIMEOUT_MS} ms`);
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), STOP_TIMEOUT_MS).unref());
  await Promise.race([ended, late]);
  // Functions that outlived it, or all when it did not listen.
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

async function refuseTakenPort(port: number): Promise<void> {
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
