/** Those who want to hear of something at once instead of polling for it. */
export class Listeners<T> {
  readonly #listeners = new Set<(what: T) => void>();

  /** @returns what stops the listening. */
  add(listener: (what: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called after the commit: a listener finds what it is told of. */
  tell(what: T): void {
    for (const listener of this.#listeners) listener(what);
  }
}
