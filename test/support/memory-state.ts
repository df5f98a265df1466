import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';

/** The embedded state store, in memory. */
export function openMemoryState(): SqliteStateStore {
  return new SqliteStateStore(openDatabase(':memory:', STATE_SCHEMA));
}
