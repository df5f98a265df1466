import { describe, expect, it } from '@jest/globals';
import { LimitExceeded } from '../../shared/ports/state-store.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { systemTime } from '../../shared/ports/time.ts';
import { PatientWriter } from './patient-writer.ts';

const RECORD = recordOfLane('binance#0', Buffer.from('x'));

function patient(attempts: number, fail: (attempt: number) => void) {
  const writer = new RecordingStreamWriter();
  const logged: string[] = [];
  let attempt = 0;
  const stop = new AbortController();
  writer.before = async () => fail(++attempt);
  const log = createLog({ write: (line) => logged.push(line) }, 'warn');
  return {
    writer: new PatientWriter({
      writer,
      attempts,
      signal: stop.signal,
      log,
      time: systemTime,
      random: () => 0,
    }),
    logged,
    kept: writer.calls,
    stop,
  };
}

describe('a patient writer', () => {
  it('asks a stream again that refuses for a moment, and says so', async () => {
    const { writer, logged, kept } = patient(3, (attempt) => {
      if (attempt === 1) throw new Error('throttled');
    });
    await writer.append('trades', [RECORD]);
    expect(kept).toEqual([{ stream: 'trades', records: 1 }]);
    expect(logged).toEqual([expect.stringContaining('throttled')]);
  });

  it('waits without end for a stream that cannot be reached, and for the signal no longer', async () => {
    const { writer, logged, kept, stop } = patient(2, (attempt) => {
      if (attempt <= 5) throw new Unreachable('Kinesis', 'socket hang up');
    });
    await writer.append('trades', [RECORD]);
    expect(kept).toHaveLength(1);
    // Of the first, the second and the fourth attempt.
    expect(logged).toHaveLength(3);

    const stopped = patient(2, () => {
      throw new Unreachable('Kinesis', 'socket hang up');
    });
    stopped.stop.abort();
    await expect(stopped.writer.append('trades', [RECORD])).rejects.toThrow(Unreachable);
    expect(stop.signal.aborted).toBe(false);
  });

  it('fails when the stream keeps refusing', async () => {
    const { writer, kept } = patient(2, () => {
      throw new Error('throttled');
    });
    await expect(writer.append('trades', [RECORD])).rejects.toThrow('throttled');
    expect(kept).toEqual([]);
  });

  it('does not repeat what will never be taken', async () => {
    const { writer, logged } = patient(3, () => {
      throw new LimitExceeded('too large');
    });
    await expect(writer.append('trades', [RECORD])).rejects.toThrow(LimitExceeded);
    expect(logged).toEqual([]);
  });
});
