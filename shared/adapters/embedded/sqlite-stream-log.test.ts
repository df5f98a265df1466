import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from './database.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from './sqlite-stream-log.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { recordOfLane } from '../../ports/stream-writer.ts';

const open = (path = ':memory:', now?: () => number) => {
  const database = openDatabase(path, STREAM_LOG_SCHEMA);
  return { database, log: new SqliteStreamLog(database, ['trades', 'raw'], now) };
};
const records = (count: number, bytes = 10) =>
  Array.from({ length: count }, (_, n) => recordOfLane('binance#0', Buffer.alloc(bytes, n)));

describe('SqliteStreamLog', () => {
  it('numbers the records of each stream from 1 without gaps and says when they arrived', async () => {
    const { log } = open(':memory:', () => 1234);
    await log.append('trades', records(2));
    await log.append('raw', records(1));
    await log.append('trades', records(1));
    expect(log.read('trades', 0, 10, 1e6).map((record) => record.sequence)).toEqual([1, 2, 3]);
    expect(log.read('raw', 0, 10, 1e6)).toMatchObject([
      { sequence: 1, partitionKey: 'binance#0', arrivalMs: 1234 },
    ]);
    expect([log.head('trades'), log.head('raw')]).toEqual([3, 1]);
  });

  it('reads after a sequence, within a number of records and of bytes, but at least one', async () => {
    const { log } = open();
    await log.append('trades', records(10, 100));
    const read = (after: number, maxRecords: number, maxBytes: number) =>
      log.read('trades', after, maxRecords, maxBytes).map((record) => record.sequence);
    expect(read(3, 2, 1e6)).toEqual([4, 5]);
    expect(read(0, 10, 300)).toEqual([1, 2, 3]);
    expect(read(0, 10, 399)).toEqual([1, 2, 3]);
    expect(read(7, 10, 1)).toEqual([8]);
    expect(read(10, 10, 1e6)).toEqual([]);
  });

  it('goes on counting after everything was trimmed and the log was opened again', async () => {
    const path = join(temporaryFolder(), 'log.db');
    const before = open(path);
    await before.log.append('trades', records(5));
    await before.log.trim('trades', 5);
    before.database.close();
    const after = open(path);
    expect(after.log.head('trades')).toBe(5);
    expect(after.log.read('trades', 0, 10, 1e6)).toEqual([]);
    await after.log.append('trades', records(1));
    expect(after.log.read('trades', 0, 10, 1e6).map((record) => record.sequence)).toEqual([6]);
    after.database.close();
  });

  it('trims through a sequence, not beyond the last record, and leaves the other streams alone', async () => {
    const { log } = open();
    await log.append('trades', records(500));
    await log.append('trades', records(500));
    await log.append('raw', records(3));
    await log.trim('trades', 900);
    expect(log.read('trades', 0, 1, 1e6)[0]?.sequence).toBe(901);
    await log.trim('trades', 100);
    expect(log.read('trades', 0, 1, 1e6)[0]?.sequence).toBe(901);
    await log.trim('trades', 5000);
    expect(log.read('trades', 0, 1, 1e6)).toEqual([]);
    expect(log.read('raw', 0, 10, 1e6)).toHaveLength(3);
    await log.append('trades', records(1));
    expect(log.read('trades', 0, 1, 1e6)[0]?.sequence).toBe(1001);
  });

  it('goes on trimming where it was before it was opened again', async () => {
    const path = join(temporaryFolder(), 'trimmed.db');
    const before = open(path);
    await before.log.append('trades', records(5));
    await before.log.trim('trades', 2);
    before.database.close();
    const { database, log } = open(path);
    await log.trim('trades', 3);
    expect(log.read('trades', 0, 10, 1e6).map((record) => record.sequence)).toEqual([4, 5]);
    database.close();
  });

  it('lets others have their turn while it trims', async () => {
    const { log } = open();
    for (let i = 0; i < 4; i++) await log.append('trades', records(500));
    const backlogs: number[] = [];
    const look = (): void => {
      backlogs.push(log.read('trades', 0, 5000, 1e9).length);
      if (backlogs.at(-1)! > 0) setImmediate(look);
    };
    setImmediate(look);
    await log.trim('trades', 2000);
    expect(backlogs.filter((backlog) => backlog > 0 && backlog < 2000).length).toBeGreaterThan(3);
  });

  it('uses trimmed space again: the files stay as large as the backlog was', async () => {
    const path = join(temporaryFolder(), 'bounded.db');
    const { database, log } = open(path);
    const round = async (): Promise<number> => {
      for (let i = 0; i < 4; i++) await log.append('trades', records(500, 4096));
      await log.trim('trades', log.head('trades'));
      return statSync(path).size + statSync(`${path}-wal`).size;
    };
    await round();
    const afterTwo = await round();
    for (let i = 0; i < 6; i++) await round();
    expect(await round()).toBeLessThan(afterTwo * 1.25);
    database.close();
  });

  it('keeps a checkpoint for each consumer of each stream, also over opening again', async () => {
    const path = join(temporaryFolder(), 'checkpoints.db');
    const before = open(path);
    expect(before.log.checkpoint('store-trades', 'trades')).toBe(0);
    before.log.saveCheckpoint('store-trades', 'trades', 7);
    before.log.saveCheckpoint('store-trades', 'trades', 9);
    before.log.saveCheckpoint('archive-raw', 'raw', 3);
    before.database.close();
    const { database, log } = open(path);
    expect(log.checkpoint('store-trades', 'trades')).toBe(9);
    expect(log.checkpoint('archive-raw', 'raw')).toBe(3);
    expect(log.checkpoint('archive-raw', 'trades')).toBe(0);
    database.close();
  });

  it('sets aside what a consumer gives up, with the cause, and moves its checkpoint on', async () => {
    const path = join(temporaryFolder(), 'given-up.db');
    const before = open(path);
    await before.log.append('trades', records(4));
    before.log.saveCheckpoint('store-trades', 'trades', 1);
    before.log.giveUp('store-trades', 'trades', 3, 'a cause');
    await before.log.trim('trades', 4);
    before.database.close();
    const { database, log } = open(path);
    expect(log.checkpoint('store-trades', 'trades')).toBe(3);
    expect([...log.deadRecords(10)]).toEqual(
      [2, 3].map((sequence) => ({
        ...{ stream: 'trades', consumer: 'store-trades', partitionKey: 'binance#0', cause: 'a cause' },
        ...{ sequence, data: new Uint8Array(10).fill(sequence - 1) },
      })),
    );
    database.close();
  });

  it('appends what was given up again, in order, once for all consumers, and tells of it', async () => {
    const { log } = open(':memory:', () => 5);
    await log.append('trades', records(3));
    log.giveUp('build-candles', 'trades', 2, 'a cause');
    log.giveUp('store-trades', 'trades', 3, 'another');
    const heard: string[] = [];
    log.onAppend((stream) => heard.push(stream));
    expect(log.redrive()).toBe(3);
    expect(log.read('trades', 3, 10, 1e6)).toEqual(
      [4, 5, 6].map((sequence) => ({
        ...{ sequence, partitionKey: 'binance#0', arrivalMs: 5 },
        data: new Uint8Array(10).fill(sequence - 4),
      })),
    );
    expect([...log.deadRecords(10)]).toEqual([]);
    expect(log.redrive()).toBe(0);
    expect(heard).toEqual(['trades']);
    await log.append('trades', records(1));
    expect(log.head('trades')).toBe(7);
  });

  it('appends without its fence what was given up: it would be taken for a stale writer’s', async () => {
    const { log } = open();
    const chunk = Buffer.from([31, 139, 10, 0]);
    const raw = (head: string) => Buffer.concat([Buffer.from(`${head}\n`), chunk]);
    await log.append('trades', [recordOfLane('binance#0', Buffer.from('{"v":1,"fence":3,"x":2}'))]);
    await log.append('raw', [recordOfLane('binance#0', raw('{"v":1,"fence":3}'))]);
    log.giveUp('store-trades', 'trades', 1, 'a cause');
    log.giveUp('archive-raw', 'raw', 1, 'a cause');
    log.redrive();
    expect(Buffer.from(log.read('trades', 1, 1, 1e6)[0]!.data).toString()).toBe('{"v":1,"x":2}');
    expect(Buffer.from(log.read('raw', 1, 1, 1e6)[0]!.data)).toEqual(raw('{"v":1}'));
  });

  it('tells listeners after each append of records that can be read, until they stop listening', async () => {
    const { log } = open();
    const heard: string[] = [];
    const stop = log.onAppend((stream) => heard.push(`${stream} ${log.read(stream, 0, 10, 1e6).length}`));
    await log.append('trades', records(2));
    await log.append('raw', records(1));
    await log.append('raw', []);
    stop();
    await log.append('raw', records(1));
    expect(heard).toEqual(['trades 2', 'raw 1']);
  });

  it('refuses a stream that it was not opened with', async () => {
    const log = new SqliteStreamLog(openDatabase(':memory:', STREAM_LOG_SCHEMA), ['trades']);
    await expect(log.append('raw', records(1))).rejects.toThrow('the log was opened without the stream raw');
  });
});
