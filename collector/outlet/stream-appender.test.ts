import { describe, expect, it } from '@jest/globals';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { callsOf, StreamAppender } from './stream-appender.ts';

const record = (bytes: number) => recordOfLane('binance#0', Buffer.alloc(bytes));

describe('the calls to a stream', () => {
  it('hold at most 500 records', () => {
    const calls = [...callsOf(Array.from({ length: 1001 }, () => record(1)))];
    expect(calls.map((call) => call.length)).toEqual([500, 500, 1]);
  });

  it('hold at most 5 MB', () => {
    const calls = [...callsOf(Array.from({ length: 7 }, () => record(1024 * 1024 - 9)))];
    expect(calls.map((call) => call.length)).toEqual([5, 2]);
  });
});

describe('an appender', () => {
  it('appends what is begun while one call is under way only when that one is durable', async () => {
    const writer = new RecordingStreamWriter();
    const gates = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    let calls = 0;
    writer.before = async () => {
      await gates[calls++]!.promise;
    };
    const appender = new StreamAppender(writer, 'trades');
    await appender.begin([record(1)]);
    const second = appender.begin([record(2)]);
    expect(calls).toBe(1);
    gates[0]!.resolve(null);
    await second;
    expect(calls).toBe(2);
    gates[1]!.resolve(null);
    await appender.drain();
    expect(writer.calls).toHaveLength(2);
  });

  it('fails with what the stream refused, at the next call', async () => {
    const writer = new RecordingStreamWriter();
    writer.before = async () => Promise.reject(new Error('the disk is full'));
    const appender = new StreamAppender(writer, 'trades');
    await appender.begin([record(1)]);
    await expect(appender.begin([record(1)])).rejects.toThrow('the disk is full');
    await expect(appender.drain()).rejects.toThrow('the disk is full');
  });

  it('does not trouble the stream with nothing', async () => {
    const writer = new RecordingStreamWriter();
    const appender = new StreamAppender(writer, 'trades');
    await appender.begin([]);
    await appender.drain();
    expect(writer.calls).toEqual([]);
  });
});
