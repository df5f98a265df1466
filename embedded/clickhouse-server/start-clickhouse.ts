import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { secretHeaders, type ClickHouseCredentials } from '../../shared/adapters/clickhouse/client.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { writeAccess, type ClickHouseAccess } from './access.ts';
import { freePort, keepPort, keptPort } from './kept-port.ts';
import { killOrphan, recordChild } from './orphan.ts';
import { StderrTail } from './stderr-tail.ts';

export interface ClickHouseServer {
  /** `http://127.0.0.1:<port>`, loopback only, with whom it answers. */
  readonly address: ClickHouseCredentials & { readonly url: string };
  /** The address alone, for people. */
  readonly url: string;
  readonly pid: number;
  /**
   * Ends the server and waits until its process is gone. Close the clients first: a server waits for connections that
   * are open, up to 6 s, and is killed then.
   * @param fast kills it at once. Nothing that was inserted is lost, because inserts are synchronous.
   */
  stop(options?: { readonly fast?: boolean }): Promise<void>;
  /** Called when the server ends without having been stopped, with one line that says why. */
  onExit(listener: (reason: string) => void): void;
}

/** ClickHouse could not be started. The message is one line. */
export class ClickHouseFailed extends Error {
  override readonly name = 'ClickHouseFailed';
  /** ClickHouse gave the reason itself: it runs, and does not get along with what it found. */
  readonly saidWhy: boolean;
  constructor(message: string, saidWhy: boolean) {
    super(message);
    this.saidWhy = saidWhy;
  }
}

export interface ClickHouseOptions {
  /** A folder of its own: one server at a time. Made when it is missing. */
  readonly dataDir: string;
  readonly log: Log;
  /** Where one listened that ended, so that its clients go on; when left out, where one of the folder listened last, or any free one. */
  readonly port?: number;
  /** To what that one answered; when left out, to the one that the folder keeps, or another when there is none. */
  readonly secret?: string;
}

const CHILD = fileURLToPath(new URL('./clickhouse-child.js', import.meta.url));
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 6_000;
const POLL_MS = 20;
const RETRY_MS = 200;
/** ClickHouse's error codes: an orphan still holds the folder, or somebody took the port before the server did. */
const FOLDER_LOCKED = 76;
const PORT_TAKEN = 210;

/**
 * Starts the ClickHouse engine that comes with the package `chdb` as a server in a child process.
 * @throws ClickHouseFailed when it does not answer within 20 s, or ends for a reason that waiting does not cure.
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await killOrphan(dataDir, options.log);
  const access = writeAccess(dataDir, options.secret);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = options.port ?? (await freePort(keptPort(dataDir)));
    const child = new ClickHouseChild(dataDir, port, access);
    const outcome = await child.started(deadline);
    if (outcome === 'ready') {
      keepPort(dataDir, port);
      return serverOf(child, options.log);
    }
    await child.stop({ fast: true });
    const mayStartAgain = isPassing(child.errorCode) || child.wasInterrupted;
    if (!mayStartAgain || Date.now() >= deadline)
      throw new ClickHouseFailed(`ClickHouse: ${outcome}`, child.errorCode !== null);
    options.log.info('ClickHouse is started again', { reason: outcome });
    await delay(RETRY_MS);
  }
}

function isPassing(errorCode: number | null): boolean {
  return errorCode === FOLDER_LOCKED || errorCode === PORT_TAKEN;
}

function serverOf(child: ClickHouseChild, log: Log): ClickHouseServer {
  log.info('ClickHouse answers', { url: child.url, pid: child.pid });
  return {
    address: child.address,
    url: child.url,
    pid: child.pid,
    stop: async (options) => child.stop(options),
    onExit: (listener) => child.onUnexpectedExit(listener),
  };
}

class ClickHouseChild {
  readonly url: string;
  readonly address: ClickHouseServer['address'];
  readonly #dataPath: string;
  readonly #process: ChildProcess;
  readonly #stderr: StderrTail;
  readonly #exited: Promise<unknown>;
  #stopping = false;

  constructor(dataDir: string, port: number, access: ClickHouseAccess) {
    this.url = `http://127.0.0.1:${port}`;
    this.address = { url: this.url, ...access.credentials };
    this.#dataPath = join(dataDir, 'store');
    this.#process = spawn(process.execPath, [CHILD, ...childArguments(this.#dataPath, port, access)], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: childEnvironment(),
      // A terminal sends Ctrl-C to its whole process group: the platform finishes what is under way first.
      detached: true,
    });
    this.#stderr = new StderrTail(this.#process.stderr!);
    this.#exited = new Promise((resolveExit) => {
      this.#process.once('close', resolveExit);
      this.#process.once('error', resolveExit);
    });
    // A child that is killed closes its end first; that it ended is told by `close`.
    this.#process.stdin!.on('error', () => {});
    if (this.#process.pid !== undefined) recordChild(dataDir, this.#process.pid);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get errorCode(): number | null {
    return this.#stderr.errorCode();
  }

  /** A Ctrl-C reached it before it had left the process group: that was meant for the platform, which stops in its own time. */
  get wasInterrupted(): boolean {
    const { signalCode } = this.#process;
    return signalCode === 'SIGINT' || signalCode === 'SIGTERM';
  }

  /** @returns `ready`, or one line that says why not. */
  async started(deadline: number): Promise<string> {
    const ended = this.#exited.then(() => this.#reason());
    for (;;) {
      const outcome = await Promise.race([
        ended,
        this.#answers().then((answers) => (answers ? 'ready' : null)),
      ]);
      if (outcome !== null) return outcome;
      if (Date.now() >= deadline) return `no answer within ${START_TIMEOUT_MS / 1000} s`;
      await Promise.race([ended, delay(POLL_MS)]);
    }
  }

  async stop(options: { readonly fast?: boolean } = {}): Promise<void> {
    this.#stopping = true;
    if (options.fast === true) {
      this.#process.kill('SIGKILL');
    } else {
      this.#process.stdin!.end();
      const patience = new AbortController();
      const tooLong = delay(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(
        () => this.#process.kill('SIGKILL'),
        () => undefined,
      );
      await Promise.race([this.#exited, tooLong]);
      patience.abort();
    }
    await this.#exited;
  }

  onUnexpectedExit(listener: (reason: string) => void): void {
    void this.#exited.then(() => {
      if (!this.#stopping) listener(this.#reason());
    });
  }

  /** Whether the server answers, and is ours: somebody else may have taken the port. */
  async #answers(): Promise<boolean> {
    const question = encodeURIComponent(
      "SELECT value FROM system.server_settings WHERE name = 'path' FORMAT TSVRaw",
    );
    try {
      const response = await fetch(`${this.url}/?query=${question}`, {
        headers: { ...secretHeaders(this.address), connection: 'close' },
        signal: AbortSignal.timeout(1000),
      });
      return (await response.text()).trim() === this.#dataPath;
    } catch {
      // Not listening yet: the caller asks again until its deadline.
      return false;
    }
  }

  #reason(): string {
    const said = this.#stderr.firstError();
    if (said !== null) return said;
    const { exitCode, signalCode } = this.#process;
    if (signalCode !== null) return `the server ended (${signalCode})`;
    return `the server ended (exit code ${exitCode ?? 'unknown'}) and said nothing: is ${this.#dataPath} a folder that it can write to?`;
  }
}

function childArguments(
  dataPath: string,
  port: number,
  { configFile, usersFile }: ClickHouseAccess,
): string[] {
  return [
    JSON.stringify([configFile, usersFile]),
    dataPath,
    String(port),
    'clickhouse-local',
    `--config-file=${configFile}`,
    `--path=${dataPath}`,
    '--listen_host=127.0.0.1',
    `--http_port=${port}`,
    // The query reads standard input to its end: the server lives as long as that stays open, no longer than its parent.
    '--structure',
    'line String',
    '--input-format',
    'LineAsString',
    '--query',
    'SYSTEM START LISTEN HTTP; SELECT count() FROM table FORMAT Null',
  ];
}

const CHILD_VARIABLES = ['LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/** What the parent was given (secrets, a debugger's port, a test runner's loader) is none of the child's. */
function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(CHILD_VARIABLES.map((name) => [name, process.env[name]]));
}
