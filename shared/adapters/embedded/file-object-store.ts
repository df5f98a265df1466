import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../../ports/object-store.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { makeFolder } from '../files/make-folder.ts';

const MAX_PAGE_KEYS = 1000;
const MAX_KEY_BYTES = 1024;
/** A file name on the usual file systems. */
const MAX_SEGMENT_BYTES = 255;
/** No key has a segment that starts with a dot, so this never shows in a listing. */
const PARTIAL_FOLDER = '.partial';

/**
 * Objects as files below a folder, each under its own key, so that an archived capture can be opened where it lies.
 * The content type is S3's business and is not kept.
 */
export class FileObjectStore implements ObjectStore {
  readonly #root: string;

  /** One store owns the root: what a crash left half written is removed. */
  constructor(root: string) {
    this.#root = root;
    rmSync(join(root, PARTIAL_FOLDER), { recursive: true, force: true });
    makeFolder(join(root, PARTIAL_FOLDER), 0o700);
  }

  /**
   * Writes elsewhere under the root and renames into place: a reader sees the old object or the new one, whole, also after a
   * crash or a loss of power.
   * @throws Unreachable when the disk is full or the quota used up.
   */
  async put(key: string, body: Uint8Array, _contentType: string): Promise<void> {
    await this.#place(key, body, async (partial, path) => rename(partial, path));
  }

  /** Takes its name by a second link, which fails where the name is taken. @throws Unreachable as `put` */
  async putNew(key: string, body: Uint8Array, _contentType: string): Promise<boolean> {
    try {
      await this.#place(key, body, async (partial, path) => {
        await link(partial, path);
        await rm(partial);
      });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  async #place(
    key: string,
    body: Uint8Array,
    name: (partial: string, path: string) => Promise<void>,
  ): Promise<void> {
    checkKey(key);
    const path = join(this.#root, key);
    const partial = join(this.#root, PARTIAL_FOLDER, randomUUID());
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeDurably(partial, body);
      await name(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw hasNoRoom(error) ? new Unreachable('objects', error) : error;
    }
  }

  async get(key: string): Promise<Uint8Array | null> {
    checkKey(key);
    try {
      return await readFile(join(this.#root, key));
    } catch (error) {
      if (isNoFile(error)) return null;
      throw error;
    }
  }

  async list(
    prefix: string,
    options: { readonly limit: number; readonly after?: string },
  ): Promise<readonly string[]> {
    const { limit, after } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_KEYS) {
      throw new LimitExceeded(`a page has 1 to ${MAX_PAGE_KEYS} keys, not ${limit}`);
    }
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') checkKey(folder.slice(0, -1));
    const keys: string[] = [];
    for await (const key of this.#walk(folder, prefix, after ?? '')) {
      keys.push(key);
      if (keys.length === limit) break;
    }
    return keys;
  }

  /** Keys below a folder (empty, or ending in a slash) in byte order, leaving out folders that lie before `after`. */
  async *#walk(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    for (const path of await this.#entries(folder)) {
      const isFolder = path.endsWith('/');
      if (!path.startsWith(prefix)) continue;
      if (compareBytes(path, after) <= 0 && !(isFolder && after.startsWith(path))) continue;
      if (isFolder) yield* this.#walk(path, '', after);
      else yield path;
    }
  }

  /** Folders carry a slash, which is what puts `a-b` before `a/b`, as in S3. */
  async #entries(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(join(this.#root, folder), { withFileTypes: true });
      return entries
        .filter((entry) => !entry.name.startsWith('.'))
        .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
        .sort(compareBytes);
    } catch (error) {
      if (isNoFile(error)) return [];
      throw error;
    }
  }
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A key stays inside the root and means the same on every file system. @throws RangeError */
function checkKey(key: string): void {
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES && !key.split('/').some(isBadSegment)) return;
  const expected = 'expected segments between slashes, none empty or starting with a dot';
  throw new RangeError(`object key: ${expected}, got ${JSON.stringify(key)}`);
}

function isBadSegment(segment: string): boolean {
  if (segment === '' || segment.startsWith('.')) return true;
  return Buffer.byteLength(segment) > MAX_SEGMENT_BYTES || /[\u0000-\u001f\\]/.test(segment);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function hasNoRoom(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Nothing there, or only a folder, or a file where the key wants a folder. */
function isNoFile(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR';
}
