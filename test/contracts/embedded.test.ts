/** The embedded adapters under the contract suites that the AWS adapters keep too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { FileObjectStore } from '../../shared/adapters/embedded/file-object-store.ts';
import { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import { topology } from '../../shared/topology.ts';
import { describeEventBus } from './suites/event-bus.ts';
import { describeObjectStore } from './suites/object-store.ts';
import { describeQueueSender } from './suites/queue-sender.ts';
import { describeStateStore } from './suites/state-store.ts';
import { describeStreamWriter } from './suites/stream-writer.ts';
import { drainedQueue, eventsTaken } from './suites/taken.ts';
import { recordsAsGiven } from '../support/records-as-given.ts';

describeStateStore('SqliteStateStore', async () => {
  const { database, close } = openTemporary('state.db');
  return { store: new SqliteStateStore(database, recordsAsGiven), close };
});

describeStreamWriter('SqliteStreamLog', async () => {
  const { database, close } = openTemporary('log.db', STREAM_LOG_SCHEMA);
  const streams = new SqliteStreamLog(database, ['trades', 'raw']);
  return { streams, received: async (stream) => streams.read(stream, 0, 100_000, Infinity), close };
});

describeEventBus('SqliteEventBus', async () => {
  const { database, close } = openTemporary('state.db');
  const bus = new SqliteEventBus(database, topology.rules);
  return { bus, received: eventsTaken(bus), close };
});

describeQueueSender('SqliteQueues', async () => {
  const { database, close } = openTemporary('state.db');
  const queues = new SqliteQueues(database, topology.queues);
  return { queues, receive: async (queue) => drainedQueue(queues, queue), close };
});

describeObjectStore('FileObjectStore', async () => {
  const folder = temporaryFolder();
  return { objects: new FileObjectStore(folder), close: async () => rmSync(folder, { recursive: true }) };
});

function openTemporary(
  name: string,
  schema = STATE_SCHEMA,
): { database: DatabaseSync; close: () => Promise<void> } {
  const folder = temporaryFolder();
  const database = openDatabase(join(folder, name), schema);
  const close = async () => {
    database.close();
    rmSync(folder, { recursive: true });
  };
  return { database, close };
}

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'millrace-contract-'));
}
