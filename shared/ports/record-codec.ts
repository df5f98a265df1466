import type { TableName } from '../topology.ts';
import type { ItemKey } from './state-store.ts';

/** Between the records that functions know and the values that tables hold, which carry the version of their form. */
export interface RecordCodec {
  /** @returns plain JSON. */
  stored(table: TableName, key: ItemKey, record: unknown): unknown;
  /** @throws UnknownVersion */
  record(table: TableName, key: ItemKey, stored: unknown): unknown;
}

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
