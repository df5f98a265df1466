/** Keeps a ClickHouse running: one that ends by itself is started again, on the same port, for the same clients. */
import { statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startClickHouse, type ClickHouseOptions, type ClickHouseServer } from './start-clickhouse.ts';

export interface SupervisedClickHouse extends ClickHouseServer {
  /** Called when it has ended and is about to be started again, with one line that says why it ended. */
  onEnd(listener: (reason: string) => void): void;
  /** Called when it answers again. */
  onReturn(listener: () => void): void;
}

export interface SupervisionOptions extends ClickHouseOptions {
  /** How a server is started; for tests. */
  readonly start?: typeof startClickHouse;
  readonly pauses?: { readonly firstMs: number; readonly longestMs: number };
}

const PAUSES = { firstMs: 200, longestMs: 5_000 };
/** So many failures in a row, and it is given up: 20 s or less each, with the pauses some three minutes. */
const MAX_FAILURES = 8;
/** A server that has lived so long had started well. */
const STARTED_WELL_MS = 10_000;
/** With less than this free, ClickHouse may not even write down that it runs. It takes as much for each insert. */
const LEAST_ROOM_BYTES = 1024 * 1024;

/**
 * The first start is the caller's to see fail; later ones are tried again with growing pauses. `onExit` is told when it
 * cannot be started any more. A full disk is waited for without end: there will be room, or somebody ends the platform.
 * @throws ClickHouseFailed
 */
export async function superviseClickHouse(options: SupervisionOptions): Promise<SupervisedClickHouse> {
  const { start = startClickHouse } = options;
  const supervisor = new Supervisor(options, start, await start(options));
  return supervisor;
}

class Supervisor implements SupervisedClickHouse {
  readonly url: string;
  readonly address: ClickHouseServer['address'];
  readonly #options: SupervisionOptions;
  readonly #start: typeof startClickHouse;
  readonly #stopping = new AbortController();
  readonly #onEnd: ((reason: string) => void)[] = [];
  readonly #onReturn: (() => void)[] = [];
  readonly #onExit: ((reason: string) => void)[] = [];
  #server: ClickHouseServer;
  #restart: Promise<void> | null = null;
  #startedAt = performance.now();
  #failures = 0;

  constructor(options: SupervisionOptions, start: typeof startClickHouse, server: ClickHouseServer) {
    this.#options = options;
    this.#start = start;
    this.url = server.url;
    this.address = server.address;
    this.#server = server;
    this.#watch(server);
  }

  get pid(): number {
    return this.#server.pid;
  }

  onEnd(listener: (reason: string) => void): void {
    this.#onEnd.push(listener);
  }

  onReturn(listener: () => void): void {
    this.#onReturn.push(listener);
  }

  onExit(listener: (reason: string) => void): void {
    this.#onExit.push(listener);
  }

  async stop(options?: { readonly fast?: boolean }): Promise<void> {
    this.#stopping.abort();
    await this.#restart;
    await this.#server.stop(options);
  }

  #watch(server: ClickHouseServer): void {
    this.#startedAt = performance.now();
    server.onExit((reason) => {
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - this.#startedAt >= STARTED_WELL_MS) this.#failures = 0;
      this.#options.log.warn('ClickHouse ended and is started again', { reason });
      for (const tell of this.#onEnd) tell(reason);
      this.#restart = this.#startAgain(reason);
    });
  }

  async #startAgain(ended: string): Promise<void> {
    const { signal } = this.#stopping;
    const port = Number(new URL(this.url).port);
    const { secret } = this.address;
    let reason = ended;
    while (!signal.aborted) {
      if (this.#hasRoom()) this.#failures++;
      if (this.#failures > MAX_FAILURES) {
        for (const tell of this.#onExit) tell(`${reason}; it ended ${MAX_FAILURES} times in a row`);
        return;
      }
      await delay(this.#pauseMs(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.#server = await this.#start({ ...this.#options, port, secret });
        this.#watch(this.#server);
        for (const tell of this.#onReturn) tell();
        return;
      } catch (error) {
        reason = (error as Error).message;
        this.#options.log.warn('ClickHouse could not be started', { reason });
      }
    }
  }

  #pauseMs(): number {
    const { firstMs, longestMs } = this.#options.pauses ?? PAUSES;
    return Math.min(longestMs, firstMs * 2 ** Math.max(0, this.#failures - 1));
  }

  #hasRoom(): boolean {
    try {
      const { bavail, bsize } = statfsSync(this.#options.dataDir);
      return bavail * bsize >= LEAST_ROOM_BYTES;
    } catch {
      // A folder that is gone is no full disk.
      return true;
    }
  }
}
