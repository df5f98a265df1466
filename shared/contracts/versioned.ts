/**
 * Whatever is stored carries the version of its form as `v`. A release reads the version that it writes, the one
 * before, and the one that the next release will write, so that the two may run side by side and a release may be
 * taken back; anything else it refuses. What is without `v` is version 0, from before versions were written.
 */
/**
 * What is stored was written by a release that this one does not know. Nothing is wrong with what was to be done to
 * it, so that is neither set aside nor given up: it waits until a release reads the record.
 */
export class UnknownVersion extends Error {
  override readonly name = 'UnknownVersion';
  constructor(where: string, found: unknown, reads: readonly number[]) {
    const version = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? 'none');
    super(
      `${where}: version ${version}, this release reads ${reads.join(', ')}; run the release that wrote it`,
    );
  }
}

/** Makes today's record of what was stored under a version. Objects that it is given, it may keep. */
type Reader = (stored: Stored) => unknown;
export type Stored = Readonly<Record<string, unknown>>;

export interface Versions {
  readonly writes: number;
  readonly reads: Readonly<Record<number, Reader>>;
  /** Lays a record out as the version that is written; left out where that is the record itself. */
  readonly lay?: (record: never) => Stored;
  /** What the next release will write, and this one reads already. */
  readonly announces?: number;
}

export interface Versioned {
  readonly name: string;
  readonly versions: Versions;
  stored(record: unknown): Stored;
  /** @param where names the place in what is said of a version that is not known. @throws UnknownVersion */
  record(stored: unknown, where: string): unknown;
}

/** The record as it lies. */
export const asItLies: Reader = (stored) => stored;

/** For what has had one form all along. */
export const FIRST: Versions = { writes: 1, reads: { 0: asItLies, 1: asItLies } };

export function versioned(name: string, versions: Versions): Versioned {
  const { writes, reads, lay } = versions;
  const readable = Object.keys(reads).map(Number);
  return {
    name,
    versions,
    stored: (record) => {
      if (!isObject(record) || 'v' in record) throw new TypeError(`${name}: not a record without v`);
      return { v: writes, ...(lay === undefined ? record : lay(record as never)) };
    },
    record: (stored, where) => {
      // Lists were stored as they were before anything had a version.
      const { v = 0, ...rest }: Stored = isObject(stored) ? stored : { list: stored };
      const read = typeof v === 'number' ? reads[v] : undefined;
      if (read === undefined) throw new UnknownVersion(where, v, readable);
      return read(rest);
    },
  };
}

function isObject(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
