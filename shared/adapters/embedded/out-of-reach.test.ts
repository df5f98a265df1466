/** What a database without room, or one that another program has locked, does to each adapter, and what does not count. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { SmallDisk } from '../../../test/support/small-disk.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { ConditionFailed, LimitExceeded, type Condition, type Write } from '../../ports/state-store.ts';
import { recordOfLane } from '../../ports/stream-writer.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { topology } from '../../topology.ts';
import { openDatabase, transaction } from './database.ts';
import { FileObjectStore } from './file-object-store.ts';
import { SqliteEventBus } from './sqlite-event-bus.ts';
import { SqliteQueues } from './sqlite-queues.ts';
import { SqliteStateStore } from './sqlite-state-store.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from './sqlite-stream-log.ts';
import { STATE_SCHEMA } from './state-database.ts';

const LARGE = 'x'.repeat(100_000);

/** SQLite gives the error of a full disk past a number of pages. */
function fill(database: DatabaseSync): void {
  database.exec('PRAGMA max_page_count = 1');
}

function makeRoom(database: DatabaseSync): void {
  database.exec('PRAGMA max_page_count = 1000000');
}

const AT = { pk: 'ORDER#a', sk: 'ORDER' };

function put(text: string, condition: Condition = { kind: 'none' }): Write {
  return { kind: 'put', table: 'orders', ...AT, value: { text }, condition };
}

function message(body: string) {
  return { body, groupId: 'a', deduplicationId: 'a' };
}

function event(text: string) {
  return { detailType: 'OrderChangedV1', detail: { text } } as never;
}

describe('without room', () => {
  it('the state store cannot be reached, and holds all of a transaction or nothing', async () => {
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const state = new SqliteStateStore(database);
    await state.write(put('small'));
    fill(database);
    await expect(state.write(put(LARGE))).rejects.toThrow(Unreachable);
    await expect(state.transact([put(LARGE)])).rejects.toMatchObject({
      name: 'Unreachable',
      store: 'memory',
    });
    expect(await state.get('orders', AT)).toMatchObject({ value: { text: 'small' } });
    await expect(state.write(put('b', { kind: 'absent' }))).rejects.toThrow(ConditionFailed);
    await expect(state.write(put('x'.repeat(500_000)))).rejects.toThrow(LimitExceeded);
    makeRoom(database);
    await state.transact([put(LARGE)]);
  });

  it('the log cannot be reached, and its sequences have no gap afterwards', async () => {
    const database = openDatabase(':memory:', STREAM_LOG_SCHEMA);
    const log = new SqliteStreamLog(database, ['trades', 'raw']);
    const record = (text: string) => recordOfLane('binance#0', Buffer.from(text));
    fill(database);
    await expect(log.append('trades', [record('a'), record(LARGE)])).rejects.toThrow(Unreachable);
    expect(log.head('trades')).toBe(0);
    await expect(log.append('trades', [record('x'.repeat(1_100_000))])).rejects.toThrow(LimitExceeded);
    expect(() => log.head('quotes' as never)).toThrow(RangeError);
    makeRoom(database);
    await log.append('trades', [record(LARGE)]);
    expect(log.read('trades', 0, 10, 1e6).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('the queues cannot be reached, and take what was refused when it is sent again', async () => {
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const queues = new SqliteQueues(database, topology.queues);
    fill(database);
    await expect(queues.send('orders-urgent', [message(LARGE)])).rejects.toThrow(Unreachable);
    await expect(queues.send('orders-urgent', [message('')])).rejects.toThrow(LimitExceeded);
    expect(queues.pendingCount('orders-urgent')).toBe(0);
    makeRoom(database);
    await queues.send('orders-urgent', [message(LARGE)]);
    expect(queues.pendingCount('orders-urgent')).toBe(1);
  });

  it('the bus cannot be reached, and counts nothing as waiting', async () => {
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const bus = new SqliteEventBus(database, topology.rules);
    fill(database);
    await expect(bus.publish([event(LARGE)])).rejects.toThrow(Unreachable);
    await expect(bus.publish([event('x'.repeat(300_000))])).rejects.toThrow(LimitExceeded);
    expect(bus.pendingCount('push-updates')).toBe(0);
    makeRoom(database);
    await bus.publish([event(LARGE)]);
    expect(bus.pendingCount('push-updates')).toBe(1);
  });

  const itWithDisks = SmallDisk.canBeMounted() ? it : it.skip;
  itWithDisks('objects cannot be reached (needs root to mount a disk)', async () => {
    const disk = SmallDisk.mount(1)!;
    try {
      const objects = new FileObjectStore(join(disk.path, 'objects'));
      disk.fill();
      const put = objects.put('raw/binance/a', Buffer.alloc(100_000), 'application/gzip');
      await expect(put).rejects.toMatchObject({ name: 'Unreachable', store: 'objects' });
      await expect(objects.put('../a', Buffer.alloc(1), '')).rejects.toThrow(RangeError);
      disk.free();
      await objects.put('raw/binance/a', Buffer.alloc(100_000), 'application/gzip');
      expect(await objects.list('', { limit: 10 })).toEqual(['raw/binance/a']);
    } finally {
      disk.unmount();
    }
  });
});

describe('a database that another program has locked', () => {
  it('cannot be reached, and hears so in less time than a function has', () => {
    const path = join(temporaryFolder(), 'state.db');
    const [ours, theirs] = [openDatabase(path, STATE_SCHEMA), openDatabase(path, STATE_SCHEMA)];
    theirs.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    const write = () => transaction(ours, () => undefined);
    expect(write).toThrow(expect.objectContaining({ name: 'Unreachable', store: 'state.db' }));
    expect(performance.now() - startedAt).toBeLessThan(3000);
    theirs.exec('COMMIT');
    write();
    ours.close();
    theirs.close();
  });
});
