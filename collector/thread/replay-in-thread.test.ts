import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { verifyCapture, type VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import { ConditionFailed, type StateStore } from '../../shared/ports/state-store.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { RecordingStreamWriter } from '../../test/support/recording-stream-writer.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { replayCaptures } from '../tape/replay.ts';
import type { TapeOutcome, TapePorts, TapeProgress } from '../tape/run-tape.ts';
import { replayInThread } from './replay-in-thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-replay-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECOND = 1_767_225_600;

const market = new SyntheticMarket({ seed: 7, instruments: 5, tradesPerSecond: 40 });

const codesOf = (instrumentId: string): readonly string[] => instrumentId.split(':')[1]!.split('-');

/** What its venue lists. */
const CATALOGUE = JSON.stringify({
  receivedAtNs: `${SECOND}000000000`,
  exchange: 'binance',
  kind: 'rest',
  url: 'simulator://binance/api/v3/exchangeInfo',
  message: JSON.stringify({
    symbols: market.instrumentIds.map(codesOf).map(([baseAsset, quoteAsset]) => ({
      symbol: `${baseAsset}${quoteAsset}`,
      status: 'TRADING',
      baseAsset,
      quoteAsset,
    })),
  }),
});

/** Of the made-up market. */
async function capture(seconds: number): Promise<VerifiedCapture> {
  const messages = Array.from({ length: seconds }, (_, n) => market.messagesOf(SECOND + n)).flat();
  const path = join(folder, `${seconds}.ndjson.gz`);
  const lines = [CATALOGUE, ...messages.map(({ text }) => text)];
  writeFileSync(path, gzipSync(lines.map((line) => `${line}\n`).join('')));
  return verifyCapture(path);
}

type Replays = typeof replayCaptures;

class Place {
  readonly writer = new RecordingStreamWriter();
  readonly events: string[] = [];
  readonly progress: TapeProgress[] = [];
  state: StateStore = openMemoryState();

  constructor() {
    this.writer.before = async (stream) => void this.events.push(`append ${stream}`);
  }

  async run(
    replay: Replays,
    files: readonly VerifiedCapture[],
    change: Partial<TapePorts> = {},
  ): Promise<TapeOutcome> {
    return replay({
      files,
      writer: this.writer,
      state: this.state,
      gate: {
        advanceTo: (timeMs) => void this.events.push(`clock ${timeMs}`),
        settled: async () => void this.events.push('settled'),
      },
      speed: 'max',
      signal: new AbortController().signal,
      log: createLog({ write: (line) => void this.events.push(line) }, 'warn'),
      onProgress: (progress) => void this.progress.push(progress),
      ...change,
    });
  }
}

function changedState(state: StateStore, change: Partial<StateStore>): StateStore {
  return {
    get: async (...args) => state.get(...args),
    query: async (...args) => state.query(...args),
    queryIndex: async (...args) => state.queryIndex(...args),
    transact: async (writes) => state.transact(writes),
    write: async (write) => state.write(write),
    ...change,
  };
}

/** Chunks of the archive are compressed beside what is sent. */
const withoutRaw = (events: readonly string[]): string[] => events.filter((event) => event !== 'append raw');

const archived = ({ writer }: Place): object[] =>
  [...writer.objects().values()].map(({ header, gzipMember }) => ({
    header,
    text: gunzipSync(gzipMember).toString('utf8'),
  }));

describe('a replay in a thread of its own', () => {
  it('calls the ports as one in this thread does, in the same order and with the same', async () => {
    const file = await capture(4);
    const [here, there] = [new Place(), new Place()];
    const outcome = await there.run(replayInThread, [file]);
    expect(outcome).toEqual(await here.run(replayCaptures, [file]));
    expect(outcome).toMatchObject({ kind: 'finished', trades: 800 });
    expect(withoutRaw(there.events)).toEqual(withoutRaw(here.events));
    expect(there.writer.trades()).toEqual(here.writer.trades());
    expect(archived(there)).toEqual(archived(here));
    expect(there.progress.at(-1)).toEqual(here.progress.at(-1));
    const key = collectorPositionKey(`capture-${file.sha256.slice(0, 16)}`);
    expect(await there.state.get('operations', key)).toEqual(await here.state.get('operations', key));
    expect(await there.run(replayInThread, [file])).toEqual({ kind: 'finished-before' });
  });

  it('fails with the very error that a port refused with', async () => {
    const place = new Place();
    const fullDisk = Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    place.writer.before = async () => Promise.reject(fullDisk);
    await expect(place.run(replayInThread, [await capture(1)])).rejects.toBe(fullDisk);
  });

  it('knows a condition that failed for one: what is kept by somebody else is read again', async () => {
    const place = new Place();
    let transactions = 0;
    place.state = changedState(place.state, {
      transact: async (writes) => {
        if (++transactions === 1) throw new ConditionFailed(writes[0]!);
      },
    });
    expect(await place.run(replayInThread, [await capture(1)])).toMatchObject({ kind: 'finished' });
    expect(transactions).toBe(2);
  });

  it('fails with a condition that failed where another one is at work on the same tape', async () => {
    const place = new Place();
    let failed: unknown;
    place.state = changedState(place.state, {
      write: async (write) => {
        failed = new ConditionFailed(write);
        throw failed;
      },
    });
    const error: unknown = await place.run(replayInThread, [await capture(2)]).catch((e: unknown) => e);
    expect(error).toBe(failed);
    expect(error).toBeInstanceOf(ConditionFailed);
  });

  it('says what of its own went wrong, with the file', async () => {
    const file = await capture(1);
    const path = join(folder, 'away.ndjson.gz');
    const failureOf = async (replay: Replays): Promise<unknown> =>
      new Place().run(replay, [{ ...file, path }]).catch((error: unknown) => error);
    const failure = (await failureOf(replayCaptures)) as NodeJS.ErrnoException;
    expect(failure.message).toContain(path);
    expect(await failureOf(replayInThread)).toMatchObject({ ...failure, message: failure.message });
  });

  it('ends where the signal comes, and goes on from the boundary behind it', async () => {
    const file = await capture(4);
    const [whole, broken] = [new Place(), new Place()];
    await whole.run(replayInThread, [file]);
    const stop = new AbortController();
    let settled = 0;
    const gate: TapePorts['gate'] = {
      advanceTo: () => undefined,
      settled: async () => {
        if (++settled === 3) stop.abort();
      },
    };
    const aborted = await broken.run(replayInThread, [file], { gate, signal: stop.signal });
    expect(aborted).toMatchObject({ kind: 'aborted' });
    const rest = await broken.run(replayInThread, [file]);
    expect(rest).toMatchObject({ kind: 'finished' });
    const idsOf = ({ writer }: Place): Set<string> =>
      new Set(writer.trades().flatMap(({ trades }) => trades.map((t) => `${t.instrumentId} ${t.tradeId}`)));
    expect(idsOf(broken)).toEqual(idsOf(whole));
  });

  it('ends where a port refuses because of the signal', async () => {
    const stop = new AbortController();
    const place = new Place();
    place.writer.before = async () => {
      stop.abort(new Error('Ctrl-C'));
      throw stop.signal.reason as Error;
    };
    const outcome = await place.run(replayInThread, [await capture(2)], { signal: stop.signal });
    expect(outcome).toMatchObject({ kind: 'aborted' });
  });

  it('does not begin when the signal has come already', async () => {
    const place = new Place();
    const outcome = await place.run(replayInThread, [await capture(1)], { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ kind: 'aborted', trades: 0 });
    expect(place.writer.calls).toEqual([]);
  });
});
