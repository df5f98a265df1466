import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Scope } from '../scope.ts';
import type { Outcome } from '../simulate.ts';
import type { Order } from './worker.ts';

/** Faults make the platform complain all the time. */
const QUIET = { ...process.env, MILLRACE_LOG_LEVEL: process.env['MILLRACE_LOG_LEVEL'] ?? 'silent' };

/** Threads that run seeds. */
export class Workers implements AsyncDisposable {
  readonly #workers: readonly Worker[];

  constructor(count: number) {
    const file = new URL('worker.ts', import.meta.url);
    this.#workers = Array.from({ length: count }, () => new Worker(file, { env: QUIET }));
  }

  /** Each seed of the list once, in no promised order. */
  async run(seeds: Iterable<number>, scope: Scope, onOutcome: (outcome: Outcome) => void): Promise<void> {
    const waiting = seeds[Symbol.iterator]();
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (let next = waiting.next(); next.done !== true; next = waiting.next())
          onOutcome(await outcomeOf(worker, { seed: next.value, scope }));
      }),
    );
  }

  async runOne(seed: number, scope: Scope): Promise<Outcome> {
    return outcomeOf(this.#workers[0]!, { seed, scope });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(async (worker) => worker.terminate()));
  }
}

/** Rejects with what a thread dies of. */
async function outcomeOf(worker: Worker, order: Order): Promise<Outcome> {
  worker.postMessage(order);
  const [outcome] = (await once(worker, 'message')) as [Outcome];
  return outcome;
}
