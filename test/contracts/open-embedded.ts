import type { DataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { FileObjectStore } from '../../shared/adapters/embedded/file-object-store.ts';
import { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import { topology } from '../../shared/topology.ts';
import { recordsAsGiven } from '../support/records-as-given.ts';

/** Every embedded adapter over one data folder. */
export function openEmbedded(folder: DataFolder) {
  const stateDatabase = openDatabase(folder.stateDatabase, STATE_SCHEMA);
  const logDatabase = openDatabase(folder.logDatabase, STREAM_LOG_SCHEMA);
  return {
    log: new SqliteStreamLog(logDatabase, ['trades', 'raw']),
    state: new SqliteStateStore(stateDatabase, recordsAsGiven),
    queues: new SqliteQueues(stateDatabase, topology.queues),
    bus: new SqliteEventBus(stateDatabase, topology.rules),
    objects: new FileObjectStore(folder.objects),
    close: () => {
      stateDatabase.close();
      logDatabase.close();
      folder.close();
    },
  };
}
