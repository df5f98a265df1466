import type { ObjectStore } from '../../ports/object-store.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { compareBytes } from '../compare-bytes.ts';

const MAX_PAGE_KEYS = 1000;

/** Objects in a map. */
export class MemoryObjectStore implements ObjectStore {
  readonly #bodies = new Map<string, Uint8Array>();

  async put(key: string, body: Uint8Array, _contentType: string): Promise<void> {
    this.#bodies.set(key, Uint8Array.from(body));
  }

  async putNew(key: string, body: Uint8Array, contentType: string): Promise<boolean> {
    if (this.#bodies.has(key)) return false;
    await this.put(key, body, contentType);
    return true;
  }

  async get(key: string): Promise<Uint8Array | null> {
    return this.#bodies.get(key) ?? null;
  }

  async list(
    prefix: string,
    { limit, after }: { readonly limit: number; readonly after?: string },
  ): Promise<readonly string[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_KEYS)
      throw new LimitExceeded(`a page has 1 to ${MAX_PAGE_KEYS} keys, not ${limit}`);
    return [...this.#bodies.keys()]
      .filter((key) => key.startsWith(prefix) && (after === undefined || compareBytes(key, after) > 0))
      .sort(compareBytes)
      .slice(0, limit);
  }
}
