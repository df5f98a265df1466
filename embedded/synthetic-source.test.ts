import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { StateStore } from '../shared/ports/state-store.ts';
import { createLog } from '../shared/runtime/log.ts';
import { SyntheticMarket } from '../simulator/synthetic-market.ts';
import { openMemoryState } from '../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../test/support/recording-stream-writer.ts';
import { collectSynthetic, type SyntheticOptions } from './synthetic-source.ts';

const MARKET = { seed: 7, instruments: 3, tradesPerSecond: 10 };
const SECOND = 1_767_225_600;
const START = SECOND * 1000;
const log = createLog({ write: () => undefined }, 'error');

interface Place {
  readonly writer: RecordingStreamWriter;
  readonly state: StateStore;
}

function place(): Place {
  return { writer: new RecordingStreamWriter(), state: openMemoryState() };
}

async function collect(at: Place, change: Partial<SyntheticOptions> = {}) {
  return collectSynthetic({
    ...at,
    market: MARKET,
    startTimeMs: START,
    gate: { advanceTo: () => undefined, settled: async () => undefined },
    speed: 'max',
    signal: new AbortController().signal,
    log,
    ...change,
  });
}

/** Stops the market after so many seconds: each settles twice, with its trades and with the candles that they close. */
function stopAfter(boundaries: number): Pick<SyntheticOptions, 'gate' | 'signal'> {
  const stop = new AbortController();
  let settled = 0;
  return {
    signal: stop.signal,
    gate: {
      advanceTo: () => undefined,
      settled: async () => {
        if (++settled === 2 * boundaries) stop.abort();
      },
    },
  };
}

/** Seconds of the trades that were sent, each once. */
function seconds({ writer }: Place): number[] {
  const all = writer
    .trades()
    .flatMap(({ trades }) => trades.map(({ timeMs }) => Math.floor(timeMs / 1000) - SECOND));
  return [...new Set(all)].sort((a, b) => a - b);
}

function distinctTrades({ writer }: Place): number {
  return new Set(writer.trades().flatMap(({ trades }) => trades.map((t) => `${t.instrumentId} ${t.tradeId}`)))
    .size;
}

function archived({ writer }: Place): string {
  const objects = [...writer.objects()].sort(([a], [b]) => (a < b ? -1 : 1));
  return objects.map(([, { gzipMember }]) => gunzipSync(gzipMember).toString('utf8')).join('');
}

function textOf(...secondsOfMarket: readonly number[]): string {
  const market = new SyntheticMarket(MARKET);
  return secondsOfMarket
    .flatMap((s) => market.messagesOf(SECOND + s).map(({ text }) => `${text}\n`))
    .join('');
}

describe('a simulated market', () => {
  it('is open for so many seconds, and settles once in each', async () => {
    const at = place();
    const clock: number[] = [];
    const gate = {
      advanceTo: (timeMs: number) => void clock.push(timeMs - START),
      settled: async () => undefined,
    };
    expect(await collect(at, { seconds: 3, gate })).toMatchObject({
      kind: 'finished',
      trades: 90,
      messages: 93,
    });
    expect(clock).toEqual([0, 1000, 2000, 3000]);
    expect(distinctTrades(at)).toBe(90);
    expect(archived(at)).toBe(textOf(0, 1, 2));
  });

  it('closes the last second of every instrument by its heartbeat', async () => {
    const at = place();
    await collect(at, { seconds: 1 });
    expect(at.writer.trades().flatMap(({ laneWatermarkMs }) => laneWatermarkMs ?? [])).toEqual(
      Array(4).fill(START + 1000),
    );
  });

  it('goes on with the second that was not finished', async () => {
    const at = place();
    expect(await collect(at, { seconds: 5, ...stopAfter(3) })).toMatchObject({ kind: 'aborted' });
    expect(await collect(at, { seconds: 5 })).toMatchObject({ kind: 'finished' });
    expect(seconds(at)).toEqual([0, 1, 2, 3, 4]);
    expect(distinctTrades(at)).toBe(150);
    expect(archived(at)).toBe(textOf(0, 1, 2, 3, 4));
  });

  it('that has closed stays closed', async () => {
    const at = place();
    await collect(at, { seconds: 2 });
    expect(await collect(at, { seconds: 2 })).toEqual({ kind: 'finished-before' });
  });

  it('of the present goes on from where it is when its speed is its own', async () => {
    const at = place();
    const now = () => START - 1;
    await collect(at, { startTimeMs: 'now', now, seconds: 2 });
    await collect(at, { startTimeMs: 'now', now, seconds: 2 });
    expect(seconds(at)).toEqual([0, 1, 2, 3]);
  });

  it('of the present passes over the seconds in which nobody ran it, as another session', async () => {
    const at = place();
    const at0 = Math.floor(Date.now() / 1000);
    await collect(at, { startTimeMs: 'now', speed: 1, now: () => (at0 - 100) * 1000 - 1, seconds: 2 });
    await collect(at, { startTimeMs: 'now', speed: 1, now: () => (at0 - 50) * 1000 - 1, seconds: 2 });
    expect(seconds(at).map((second) => second + SECOND - at0)).toEqual([-100, -99, -98, -50, -49]);
    expect(new Set(at.writer.trades().map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(archived(at)).toBe(textOf(...[-100, -99, -98, -50, -49].map((second) => at0 + second - SECOND)));
  });

  it('archives what was sent before it passes over anything', async () => {
    const at = place();
    const at0 = Math.floor(Date.now() / 1000);
    const begun = { startTimeMs: 'now', speed: 1, now: () => (at0 - 100) * 1000 - 1 } as const;
    await collect(at, { ...begun, seconds: 9, ...stopAfter(3) });
    expect(archived(at)).toBe('');
    await collect(at, { ...begun, now: () => (at0 - 50) * 1000 - 1, seconds: 1 });
    expect(archived(at)).toBe(textOf(...[-100, -99, -98, -50].map((second) => at0 + second - SECOND)));
  });

  it('sends its trades when their time has come, within a few milliseconds', async () => {
    const at = place();
    const lateMs: number[] = [];
    let seen = 0;
    at.writer.before = async () => {
      await Promise.resolve();
      const records = at.writer.trades();
      for (const { trades } of records.slice(seen))
        for (const { timeMs } of trades) lateMs.push(Date.now() - timeMs);
      seen = records.length;
    };
    await collect(at, { startTimeMs: 'now', speed: 1, seconds: 1 });
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    expect(at.writer.calls.filter(({ stream }) => stream === 'trades').length).toBeGreaterThan(5);
  });

  it.each([
    [{ instruments: 0 }, 'instruments: expected a whole number from 1 to 100, got 0'],
    [
      { tradesPerSecond: 1_000_000 },
      'tradesPerSecond: expected a whole number from 1 to 333333, got 1000000',
    ],
    [{ seed: -1 }, 'seed: expected a whole number from 0 to 4294967295, got -1'],
  ])('refuses %j', async (change, message) => {
    await expect(collect(place(), { market: { ...MARKET, ...change } })).rejects.toThrow(
      new RangeError(message),
    );
  });
});
