import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { ShardReader } from './shard-reader.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';

const ENOUGH = 1024 * 1024;

describe('a reader of a shard', () => {
  let streamLog: SqliteStreamLog;
  let reader: ShardReader;
  let readLog: jest.SpiedFunction<SqliteStreamLog['read']>;

  beforeEach(async () => {
    streamLog = new SqliteStreamLog(openDatabase(':memory:', STREAM_LOG_SCHEMA), ['trades']);
    await streamLog.append(
      'trades',
      ['a', 'b', 'c'].map((text) => recordOfLane('binance#0', Buffer.from(text))),
    );
    readLog = jest.spyOn(streamLog, 'read');
    reader = new ShardReader(streamLog, 'trades');
  });

  const read = (afterSequence: number): number[] =>
    reader.read(afterSequence, 10, ENOUGH).map(({ sequence }) => sequence);

  it('reads a record from the log once for all who ask', () => {
    const [first, second] = [reader.read(0, 10, ENOUGH), reader.read(0, 10, ENOUGH)];
    expect(readLog).toHaveBeenCalledTimes(1);
    expect(second[1]!.record).toBe(first[1]!.record);
  });

  it('keeps nothing that everybody is done with, and can read it again all the same', () => {
    read(0);
    reader.forget(2);
    expect(read(2)).toEqual([3]);
    expect(readLog).toHaveBeenCalledTimes(1);
    expect(read(0)).toEqual([1, 2, 3]);
    expect(readLog).toHaveBeenCalledTimes(2);
  });

  it('gives at least one record, however large it is', () => {
    expect(reader.read(0, 10, 0).map(({ sequence }) => sequence)).toEqual([1]);
    read(0);
    expect(reader.read(1, 10, 0).map(({ sequence }) => sequence)).toEqual([2]);
  });
});
