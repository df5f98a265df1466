export interface ObjectStore {
  /** Whole or not at all; an object of that key is replaced. */
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Whole or not at all, where there is none of that key. @returns false: there is one, or another is being put right now. */
  putNew(key: string, body: Uint8Array, contentType: string): Promise<boolean>;
  /** `null`: no such object. */
  get(key: string): Promise<Uint8Array | null>;
  /** Keys with the prefix in byte order, at most `limit` (≤ 1000), those after `after`. */
  list(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly string[]>;
}
