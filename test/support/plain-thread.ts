/**
 * Calls in a thread of Node's own: Jest runs tests in a context in which every global name is looked up by interceptors, and what
 * computes for long takes three times as long there.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

type Functions = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

interface Call {
  readonly name: string;
  readonly argument: unknown;
}

type Answer = { readonly result: unknown } | { readonly error: unknown };

/** Marks the data of threads that this file has begun. */
interface Begun {
  readonly callsOf: string;
}

/** One call after the other; what is handed over and what comes back is copied. */
export class PlainThread<Module> {
  readonly #worker: Worker;

  /** @param module address of the file whose exported functions are called. */
  constructor(module: URL) {
    const begun: Begun = { callsOf: module.href };
    this.#worker = new Worker(new URL(import.meta.url), { workerData: begun });
  }

  async call<Name extends keyof Module & string>(
    name: Name,
    argument: Module[Name] extends (argument: infer Argument) => unknown ? Argument : never,
  ): Promise<Module[Name] extends (argument: never) => Promise<infer Result> ? Result : never> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const onError = (error: Error): void => reject(error);
      this.#worker.once('error', onError);
      this.#worker.once('message', (told: Answer) => {
        this.#worker.off('error', onError);
        resolve(told);
      });
      this.#worker.postMessage({ name, argument } satisfies Call);
    });
    if ('error' in answer) throw answer.error;
    return answer.result as never;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

if (!isMainThread && isBegun(workerData)) {
  const functions = (await import(workerData.callsOf)) as Functions;
  parentPort!.on('message', ({ name, argument }: Call) => {
    functions[name]!(argument as never).then(
      (result) => parentPort!.postMessage({ result } satisfies Answer),
      (error: unknown) => parentPort!.postMessage({ error } satisfies Answer),
    );
  });
}

function isBegun(data: unknown): data is Begun {
  return typeof data === 'object' && data !== null && 'callsOf' in data;
}
