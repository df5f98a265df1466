import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { replayCaptures } from './replay.ts';
import type { TapeOutcome, TapePorts } from './run-tape.ts';

const START = 1_723_161_254_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
const log = createLog({ write: () => undefined }, 'error');
const folder = mkdtempSync(join(tmpdir(), 'millrace-replay-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Place {
  readonly writer: RecordingStreamWriter;
  readonly state: StateStore;
  /** What the replay did, in its order. */
  readonly events: string[];
}

function place(): Place {
  return { writer: new RecordingStreamWriter(), state: openMemoryState(), events: [] };
}

async function replay(
  at: Place,
  files: readonly VerifiedCapture[],
  change: Partial<TapePorts> = {},
): Promise<TapeOutcome> {
  return replayCaptures({
    files,
    writer: at.writer,
    state: at.state,
    gate: {
      advanceTo: (timeMs) => at.events.push(`clock ${timeMs - START}`),
      settled: async () => void at.events.push('settled'),
    },
    speed: 'max',
    signal: new AbortController().signal,
    log,
    ...change,
  });
}

let written = 0;
async function capture(lines: readonly string[]): Promise<VerifiedCapture> {
  const path = join(folder, `${written++}.ndjson.gz`);
  writeFileSync(path, gzipSync(lines.map((line) => `${line}\n`).join('')));
  return verifyCapture(path);
}

function line(kind: string, atMs: number, message: unknown): string {
  const receivedAtNs = `${START + atMs}000000`;
  return JSON.stringify({
    receivedAtNs,
    exchange: 'binance',
    kind,
    url: 'wss://x',
    message: JSON.stringify(message),
  });
}

function tradeLine(symbol: string, atMs: number, id: number): string {
  return line('ws', atMs, {
    e: 'trade',
    E: START + atMs,
    s: symbol,
    t: id,
    p: '1.00000000',
    q: '1.00000000',
    T: START + atMs,
    m: true,
  });
}

/** What each lane was told, in the order in which its readers see it: trades of a record before its watermarks. */
function told({ writer }: Place): Record<string, string[]> {
  const lanes: Record<string, string[]> = {};
  for (const { lane, trades, watermarks, laneWatermarkMs } of writer.trades()) {
    (lanes[lane] ??= []).push(
      ...trades.map(({ instrumentId, tradeId }) => `${instrumentId} ${tradeId}`),
      ...watermarks.map(
        ({ instrumentId, timeMs, nextTradeId }) =>
          `${instrumentId} to ${timeMs - START} before ${String(nextTradeId)}`,
      ),
      ...(laneWatermarkMs === null ? [] : [`all to ${laneWatermarkMs - START}`]),
    );
  }
  return lanes;
}

/** The same without what was told before: readers know trades by their ids, and a watermark said twice says nothing. */
function toldOnce(at: Place): Record<string, string[]> {
  return Object.fromEntries(Object.entries(told(at)).map(([lane, lines]) => [lane, [...new Set(lines)]]));
}

/** Anywhere, and about the seconds, where several instruments pass at nearly the same time. */
const momentMs = fc.oneof(
  fc.nat(9000),
  fc.tuple(fc.nat(7), fc.nat(30)).map(([second, afterMs]) => second * 1000 + 990 + afterMs),
);

const messages = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ atMs: momentMs, symbol: fc.constantFrom(...SYMBOLS) }) },
      { weight: 1, arbitrary: fc.record({ atMs: momentMs, symbol: fc.constant(null) }) },
    ),
    { minLength: 1, maxLength: 80 },
  )
  .map((all) =>
    all
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, symbol }, n) =>
        symbol === null ? line('heartbeat', atMs, { venueTimeMs: START + atMs }) : tradeLine(symbol, atMs, n),
      ),
  );

describe('a replay', () => {
  it('waits at each boundary: for its trades to settle, then for what the watermark causes', async () => {
    const at = place();
    const file = await capture([tradeLine('BTCUSDT', 100, 1), tradeLine('BTCUSDT', 1100, 2)]);
    at.writer.before = async (stream) => {
      await sleep(5);
      at.events.push(`durable ${stream}`);
    };
    const state: StateStore = {
      ...({} as StateStore),
      get: async (table, key) => at.state.get(table, key),
      write: async (write) => {
        at.events.push('remembered');
        await at.state.write(write);
      },
    };
    await replay(at, [file], { state });
    expect(at.events).toEqual([
      ...['clock 0', 'durable trades', 'settled'],
      ...['clock 1000', 'durable trades', 'settled', 'remembered'],
      ...['durable raw', 'durable trades', 'settled'],
      // Then the lanes are told that it is over.
      ...['durable trades', 'settled', 'remembered'],
    ]);
    expect(Object.values(told(at))).toEqual([
      ['binance:BTC-USDT 1', 'binance:BTC-USDT to 1000 before 2', 'binance:BTC-USDT 2'],
    ]);
  });

  it('says the same whatever its speed', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (lines) => {
        const file = await capture(lines);
        const [fast, paced] = [place(), place()];
        await replay(fast, [file]);
        await replay(paced, [file], { speed: 500 });
        expect(told(paced)).toEqual(told(fast));
        expect(paced.events).toEqual(fast.events);
      }),
      { numRuns: 10 },
    );
  });

  it('says the same wherever it is broken off and however often', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.array(fc.nat(12), { maxLength: 4 }), async (lines, breaks) => {
        const file = await capture(lines);
        const [undisturbed, broken] = [place(), place()];
        await replay(undisturbed, [file]);
        for (const steps of breaks) {
          let left = steps;
          const breakOff = async (): Promise<void> => {
            if (left-- <= 0) throw new Error('killed');
          };
          broken.writer.before = breakOff;
          await replay(broken, [file], { gate: { advanceTo: () => undefined, settled: breakOff } }).catch(
            () => undefined,
          );
        }
        broken.writer.before = async () => undefined;
        await replay(broken, [file]);
        expect(toldOnce(broken)).toEqual(toldOnce(undisturbed));
        const text = [...broken.writer.objects().values()].map(({ gzipMember }) =>
          gunzipSync(gzipMember).toString('utf8'),
        );
        expect(text.join('')).toBe(lines.map((each) => `${each}\n`).join(''));
      }),
      { numRuns: 40 },
    );
  });

  it('does nothing when it was finished before', async () => {
    const at = place();
    const file = await capture([tradeLine('BTCUSDT', 100, 1)]);
    expect(await replay(at, [file])).toEqual({ kind: 'finished', messages: 1, trades: 1, clockMs: START });
    const before = at.writer.calls.length;
    expect(await replay(at, [file])).toEqual({ kind: 'finished-before' });
    expect(at.writer.calls).toHaveLength(before);
  });

  it('goes on from the last boundary, and tells the clock so', async () => {
    const at = place();
    const file = await capture([0, 1000, 2000, 3000].map((atMs, id) => tradeLine('BTCUSDT', atMs, id)));
    const stop = new AbortController();
    let settled = 0;
    const gate = {
      advanceTo: () => undefined,
      settled: async () => {
        if (++settled === 4) stop.abort();
      },
    };
    expect(await replay(at, [file], { gate, signal: stop.signal })).toMatchObject({ kind: 'aborted' });
    const later = { ...place(), state: at.state };
    expect(await replay(later, [file])).toMatchObject({ kind: 'finished', trades: 3 });
    expect(later.events[0]).toBe('clock 1000');
    expect(later.writer.trades()[0]!.trades.map(({ tradeId }) => tradeId)).toEqual([1]);
  });

  it('can be stopped while it waits for everything to settle', async () => {
    const at = place();
    const file = await capture([tradeLine('BTCUSDT', 100, 1), tradeLine('BTCUSDT', 1100, 2)]);
    const never = new Promise<void>(() => undefined);
    const gate = { advanceTo: () => undefined, settled: async () => never };
    expect(await replay(at, [file], { gate, signal: AbortSignal.timeout(20) })).toMatchObject({
      kind: 'aborted',
    });
  });

  it('can be stopped while it waits for its time', async () => {
    const at = place();
    const file = await capture([tradeLine('BTCUSDT', 100, 1), tradeLine('BTCUSDT', 60_000, 2)]);
    expect(await replay(at, [file], { speed: 1, signal: AbortSignal.timeout(500) })).toMatchObject({
      kind: 'aborted',
      trades: 1,
    });
  });

  it('fails when the platform does', async () => {
    const at = place();
    const file = await capture([tradeLine('BTCUSDT', 100, 1)]);
    at.writer.before = async () => Promise.reject(new Error('the disk is full'));
    await expect(replay(at, [file])).rejects.toThrow('the disk is full');
  });

  it.each([1, 2])(
    'refuses to go on where another one is at work on the same tape (%i)',
    async (meddledAt) => {
      const at = place();
      const file = await capture([100, 1100, 2100].map((atMs, id) => tradeLine('BTCUSDT', atMs, id)));
      const key = {
        table: 'operations',
        ...collectorPositionKey(`capture-${file.sha256.slice(0, 16)}`),
      } as const;
      let appends = 0;
      at.writer.before = async () => {
        if (++appends !== meddledAt) return;
        await at.state.write({ kind: 'put', ...key, value: {}, condition: { kind: 'none' } });
      };
      await expect(replay(at, [file])).rejects.toThrow('condition failed');
    },
  );

  it('sets aside what cannot be read, where it is', async () => {
    const at = place();
    const nonsense = JSON.stringify({
      receivedAtNs: `${START}000000`,
      exchange: 'binance',
      kind: 'ws',
      url: '',
      message: '{"e":',
    });
    const file = await capture([tradeLine('BTCUSDT', 1, 1), nonsense, tradeLine('BTCUSDT', 2, 2)]);
    await replay(at, [file]);
    const records = at.writer.trades();
    expect(records.flatMap(({ poison }) => poison)).toEqual([
      { cause: 'not JSON', payload: '{"e":', instrumentId: null },
    ]);
    expect(records.flatMap(({ trades }) => trades)).toHaveLength(2);
  });

  it('lets its readers begin before a second is over', async () => {
    const at = place();
    const lines = new SyntheticMarket({ seed: 1, instruments: 1, tradesPerSecond: 20_000 }).messagesOf(
      1_723_161_254,
    );
    const file = await capture(lines.map(({ text }) => text));
    await replay(at, [file]);
    expect(at.writer.calls.filter(({ stream }) => stream === 'trades').length).toBeGreaterThanOrEqual(5);
  });
});

describe('a replay of several captures', () => {
  const bitcoin = [0, 1000, 2000].map((atMs, n) => tradeLine('BTCUSDT', atMs, n));
  const ether = [500, 1500].map((atMs, n) => tradeLine('ETHUSDT', atMs, n));

  it('is one tape, in the order in which it was received, however the files are named', async () => {
    const files = [await capture(bitcoin), await capture(ether)];
    const [one, other] = [place(), place()];
    await replay(one, files);
    await replay(other, [files[1]!, files[0]!, files[1]!]);
    expect(one.events.filter((event) => event.startsWith('clock'))).toEqual([
      'clock 0',
      'clock 1000',
      'clock 2000',
    ]);
    expect(told(other)).toEqual(told(one));
    expect(one.writer.trades().flatMap(({ trades }) => trades)).toHaveLength(5);
    expect(await replay(one, [files[1]!, files[0]!])).toEqual({ kind: 'finished-before' });
  });

  it('archives each of them as its own', async () => {
    const files = [await capture(bitcoin), await capture(ether)];
    const at = place();
    await replay(at, files);
    expect([...at.writer.objects().keys()].sort()).toEqual(
      files
        .map(({ sha256 }) => `raw/binance/2024-08-08/capture-${sha256.slice(0, 16)}-00000000.ndjson.gz`)
        .sort(),
    );
  });
});
