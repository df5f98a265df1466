import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childrenOf } from '../measuring/process-usage.ts';
import { endProcess } from './end-process.ts';

const MILLRACE = fileURLToPath(new URL('../../bin/millrace.js', import.meta.url));

export interface Dashboard {
  readonly url: string;
  readonly token: string;
}

/** `millrace start` on a data folder, as a user runs it: the default simulated market. */
export class StartedPlatform {
  readonly #child: ChildProcess;
  readonly #dashboard: Promise<Dashboard>;

  /** It is ended with the resources. @param port 0: any free one */
  constructor(dataDir: string, port: number, resources: AsyncDisposableStack) {
    const args = [MILLRACE, 'start', '--port', String(port), '--data-dir', dataDir];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#dashboard = dashboardOf(this.#child);
    this.#dashboard.catch(() => undefined);
    resources.defer(async () => this.end());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get clickHousePid(): number {
    const [pid] = childrenOf(this.pid).filter((candidate) => candidate !== this.pid);
    if (pid === undefined) throw new Error('millrace start has no child: ClickHouse is missing');
    return pid;
  }

  /** Resolves when it serves. @throws Error when it ends before, with what it said last */
  async dashboard(): Promise<Dashboard> {
    return this.#dashboard;
  }

  /** Ctrl-C. Resolves when its process is gone. */
  async end(): Promise<void> {
    await endProcess(this.#child, () => this.#child.kill('SIGINT'));
  }
}

async function dashboardOf(child: ChildProcess): Promise<Dashboard> {
  let last = 'it said nothing';
  const lines = createInterface({ input: child.stderr! });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      last = line;
      const match = /^dashboard: (http\S+?)\/#token=(\S+)$/.exec(line);
      if (match !== null) resolve({ url: match[1]!, token: match[2]! });
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`millrace start ended: ${last}`)));
  });
}
