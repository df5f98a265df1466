import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endProcess } from './end-process.ts';
import type { ProgramContract } from './program.ts';

/** The messages of a program that are of one kind. */
type Told<Contract extends ProgramContract, Kind> = Extract<Contract['message'], { readonly kind: Kind }>;

/** One of the programs in programs/, running in a process of its own, so that its memory and its time are its own. */
export class StartedProgram<Contract extends ProgramContract> {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #inbox: Contract['message'][] = [];
  #onProgress: ((message: Contract['message']) => void) | null = null;
  #ending: string | null = null;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  /** It is ended with the resources. @param name of its file in programs/ */
  constructor(name: string, request: Contract['request'], resources: AsyncDisposableStack) {
    const file = fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url));
    this.#name = name;
    // Standard output belongs to the figures.
    this.#child = fork(file, [JSON.stringify(request)], { stdio: ['ignore', 2, 2, 'ipc'] });
    this.#child.on('message', (message) => this.#receive(message as Contract['message']));
    this.#child.once('error', (error) => this.#hasEnded(error.message));
    this.#child.once('exit', (code, signal) => this.#hasEnded(signal ?? `exit code ${String(code)}`));
    resources.defer(async () => this.end());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the next message of a kind. @throws Error when the program has ended without one. */
  async next<Kind extends Contract['message']['kind']>(kind: Kind): Promise<Told<Contract, Kind>> {
    for (;;) {
      const at = this.#inbox.findIndex((message) => message.kind === kind);
      if (at >= 0) return this.#inbox.splice(at, 1)[0] as Told<Contract, Kind>;
      if (this.#ending !== null)
        throw new Error(`${this.#name} ended before it was ${kind}: ${this.#ending}`);
      await this.#changed.promise;
    }
  }

  /** Messages of the kind `progress` come here from now on, and to nobody else. */
  onProgress(listener: (message: Told<Contract, 'progress'>) => void): void {
    this.#onProgress = listener as (message: Contract['message']) => void;
  }

  /** Resolves when its process is gone. A program ends when nobody listens to it any more. */
  async end(): Promise<void> {
    await endProcess(this.#child, () => {
      if (this.#child.connected) this.#child.disconnect();
    });
  }

  #receive(message: Contract['message']): void {
    if (message.kind === 'progress' && this.#onProgress !== null) {
      this.#onProgress(message);
      return;
    }
    this.#inbox.push(message);
    this.#wake();
  }

  #hasEnded(how: string): void {
    this.#ending ??= how;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
