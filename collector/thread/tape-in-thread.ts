import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type { TapeOutcome, TapePorts } from '../tape/run-tape.ts';
import { serveTape } from './serve-tape.ts';
import {
  failureTold,
  toldFailure,
  type FromTape,
  type TapeTask,
  type ToldFailure,
  type ToTape,
} from './thread-messages.ts';

type RunsTape<Options extends TapePorts> = (options: Options) => Promise<TapeOutcome>;

/**
 * The same run of a tape, in a thread of its own: it reads, decodes and packs there, and its ports are called here. For a
 * file that does nothing else when it is loaded: the thread begins with it, and finds the run there.
 * @param file address of that file: its `import.meta.url`
 * @param run what it is given besides its ports must be plain data
 */
export function tapeInThread<Options extends TapePorts>(
  file: string,
  run: RunsTape<Options>,
): RunsTape<Options> {
  // A task is begun with all that its own run asks for, but its ports.
  if (!isMainThread && isTaskOf(file, workerData)) void serveTape(workerData, run as RunsTape<TapePorts>);
  return async (options) => new TapeThread(file, options).outcome();
}

function isTaskOf(file: string, data: unknown): data is TapeTask {
  return typeof data === 'object' && data !== null && (data as Partial<TapeTask>).tapeOf === file;
}

/** The side of the ports. */
class TapeThread {
  readonly #ports: Omit<TapePorts, 'speed'>;
  readonly #worker: Worker;
  /** What the ports refused with: a run that fails of it fails with the very same. */
  readonly #refusals = new Map<number, unknown>();

  constructor(file: string, options: TapePorts) {
    const { writer, state, gate, signal, log, onProgress, ...request } = options;
    this.#ports = { writer, state, gate, signal, log, ...(onProgress && { onProgress }) };
    this.#worker = new Worker(new URL(file), {
      workerData: { tapeOf: file, request } satisfies TapeTask,
    });
  }

  async outcome(): Promise<TapeOutcome> {
    const { signal } = this.#ports;
    const onAbort = (): void => this.#say({ kind: 'abort' });
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    try {
      return await new Promise((resolve, reject) => {
        this.#worker.on('message', (message: FromTape) => {
          if (message.kind === 'ended') resolve(message.outcome);
          else if (message.kind === 'failed') reject(this.#failureOf(message.failure));
          else this.#take(message);
        });
        this.#worker.once('error', reject);
        this.#worker.once('exit', () => reject(new Error('the thread of a tape has ended')));
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#worker.terminate();
    }
  }

  #take(message: Exclude<FromTape, { readonly kind: 'ended' | 'failed' }>): void {
    if (message.kind === 'clock') this.#ports.gate.advanceTo(message.timeMs);
    else if (message.kind === 'log') this.#ports.log[message.level](message.message, message.fields);
    else if (message.kind === 'progress') this.#ports.onProgress?.(message.progress);
    else void this.#answer(message);
  }

  async #answer({ id, port, method, args }: Extract<FromTape, { readonly kind: 'call' }>): Promise<void> {
    const called = this.#ports[port] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    try {
      this.#say({ kind: 'answer', id, value: await called[method]!(...args) });
    } catch (error) {
      this.#refusals.set(id, error);
      this.#say({ kind: 'refusal', id, failure: toldFailure(error, id) });
    }
  }

  #failureOf(failure: ToldFailure): Error {
    const refusal = failure.callId === null ? undefined : this.#refusals.get(failure.callId);
    return refusal instanceof Error ? refusal : failureTold(failure);
  }

  #say(message: ToTape): void {
    this.#worker.postMessage(message);
  }
}
