import { createHash } from 'node:crypto';

/** What happened, in its order: two runs of a seed that part ways do so at one place. */
export class Trace {
  readonly #hash = createHash('sha256');

  note(what: string, atMs: number): void {
    this.#hash.update(`${atMs} ${what}\n`);
  }

  hash(): string {
    return this.#hash.digest('hex');
  }
}
