import { parentPort } from 'node:worker_threads';
import type { Log, LogLevel } from '../../shared/runtime/log.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { TapeOutcome, TapePorts } from '../tape/run-tape.ts';
import {
  failureTold,
  toldFailure,
  type AnsweringPort,
  type FromTape,
  type TapeTask,
  type ToTape,
} from './thread-messages.ts';

/** The side of the tape: runs it, with ports that call those of the thread that began this one. */
export async function serveTape(
  { request }: TapeTask,
  run: (options: TapePorts) => Promise<TapeOutcome>,
): Promise<void> {
  const calls = new Calls();
  try {
    say({ kind: 'ended', outcome: await run({ ...request, ...portsOf(calls) }) });
  } catch (error) {
    say({ kind: 'failed', failure: toldFailure(error, calls.refusedWith(error)) });
  }
}

function say(message: FromTape): void {
  parentPort!.postMessage(message);
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Calls under way, and the signal that ends them. */
class Calls {
  readonly #waiting = new Map<number, Waiting>();
  readonly #callOfRefusal = new WeakMap<Error, number>();
  readonly #controller = new AbortController();
  #lastId = 0;

  constructor() {
    parentPort!.on('message', (message: ToTape) => this.#hear(message));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async call<T>(port: AnsweringPort, method: string, ...args: readonly unknown[]): Promise<T> {
    const id = ++this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      say({ kind: 'call', id, port, method, args });
    }) as Promise<T>;
  }

  /** The call that was refused with an error; null: it is of this thread's own. */
  refusedWith(error: unknown): number | null {
    return error instanceof Error ? (this.#callOfRefusal.get(error) ?? null) : null;
  }

  #hear(message: ToTape): void {
    if (message.kind === 'abort') {
      this.#controller.abort();
      return;
    }
    const waiting = this.#waiting.get(message.id)!;
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') {
      waiting.resolve(message.value);
      return;
    }
    const error = failureTold(message.failure);
    this.#callOfRefusal.set(error, message.id);
    waiting.reject(error);
  }
}

function portsOf(calls: Calls): Omit<TapePorts, 'speed'> {
  return {
    writer: { append: async (stream, records) => calls.call('writer', 'append', stream, records) },
    state: stateOf(calls),
    gate: {
      advanceTo: (timeMs) => say({ kind: 'clock', timeMs }),
      settled: async () => calls.call('gate', 'settled'),
    },
    log: told,
    onProgress: (progress) => say({ kind: 'progress', progress }),
    signal: calls.signal,
  };
}

function stateOf(calls: Calls): StateStore {
  return {
    get: async (table, key) => calls.call('state', 'get', table, key),
    query: async (...args) => calls.call('state', 'query', ...args),
    queryIndex: async (...args) => calls.call('state', 'queryIndex', ...args),
    write: async (write) => calls.call('state', 'write', write),
    transact: async (writes) => calls.call('state', 'transact', writes),
  };
}

const at =
  (level: LogLevel) =>
  (message: string, fields: object = {}): void =>
    say({ kind: 'log', level, message, fields });
const told: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
