import { beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileObjectStore } from '../../../shared/adapters/embedded/file-object-store.ts';
import type { ReceivedTrade } from '../../../shared/contracts/lane-rows.ts';
import { archivedDayKey } from '../../../shared/contracts/record-keys.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { Unreachable } from '../../../shared/ports/unreachable.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { createHandler } from './handler.ts';

const BTC = 'binance:BTC-USDT';
const ETH = 'kraken:ETH-USD';
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(2024, 7, 9);
const day = (n: number): string => new Date(FIRST_DAY_MS + n * DAY_MS).toISOString().slice(0, 10);

let state: StateStore;
let trades: MemoryTradeStore;
let folder: string;
let objects: ObjectStore;
let nowMs: number;
let remainingMs: number;
/** Trades that were looked for, and objects that were read. */
let looked: number;
let read: number;

beforeEach(() => {
  state = openMemoryState();
  trades = new MemoryTradeStore();
  folder = temporaryFolder();
  objects = new FileObjectStore(folder);
  remainingMs = 60_000;
  looked = read = 0;
});

async function archive(instruments: readonly string[] = [BTC, ETH]): Promise<void> {
  const handler = createHandler({
    state,
    trades: {
      ...{ insert: async () => [], latest: async () => null },
      between: async (...args) => (looked++, trades.between(...args)),
      receivedBy: async (...args) => trades.receivedBy(...args),
      spans: async () => Promise.reject(new Error('no bars are made')),
    },
    candles: { instruments: async () => instruments } as never,
    objects: {
      put: async () => Promise.reject(new Error('nothing is written over')),
      putNew: async (...args) => objects.putNew(...args),
      get: async (key) => (read++, objects.get(key)),
      list: async (...args) => objects.list(...args),
    },
    clock: { nowMs: () => nowMs },
  });
  await handler({} as never, { awsRequestId: 'test', getRemainingTimeInMillis: () => remainingMs });
}

let ids = 0;
async function store(instrumentId: string, dayNumber: number, count: number, atMs = 1000): Promise<void> {
  const fresh = Array.from({ length: count }, (_, n): ReceivedTrade => {
    const timeMs = FIRST_DAY_MS + dayNumber * DAY_MS + atMs + n;
    return {
      ...{ instrumentId, tradeId: ++ids, timeMs, receivedAtMs: timeMs, takerSide: 'SELL' },
      ...{ price: decimal('2.5'), quantity: decimal('1') },
    };
  });
  await trades.insert(fresh, { mayRepeat: false });
}

function files(instrumentId: string): readonly string[] {
  const [exchange, pair] = instrumentId.split(':');
  const path = join(folder, `trades/exchange=${exchange}/instrument=${pair}`);
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${parentPath.slice(path.length + 5)}/${name.slice(0, 10)}`)
      .sort();
  } catch {
    return [];
  }
}

const archived = async (instrumentId: string, n: number): Promise<unknown> =>
  (await state.get('operations', archivedDayKey(instrumentId, day(n))))?.value ?? null;

describe('archive-trades', () => {
  it('archives a day when it has been over for as long as a trade of it may still be pushed', async () => {
    await store(BTC, 0, 5);
    await store(BTC, 1, 3);
    nowMs = FIRST_DAY_MS + 2 * DAY_MS - 1;
    await archive();
    expect(files(BTC)).toEqual([]);
    nowMs++;
    await archive();
    expect(files(BTC)).toEqual([`${day(0)}/part-00000`]);
    expect(await archived(BTC, 0)).toEqual({ trades: 5 });
    expect(await archived(BTC, 1)).toBeNull();
  });

  it('archives every day of every instrument, over those without trades', async () => {
    for (const n of [0, 3, 4]) await store(BTC, n, 2);
    await store(ETH, 2, 4);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    await archive();
    expect(files(BTC)).toEqual([0, 3, 4].map((n) => `${day(n)}/part-00000`));
    expect(files(ETH)).toEqual([`${day(2)}/part-00000`]);
  });

  it('reads nothing of a day of which as many trades are stored as are archived', async () => {
    for (const n of [0, 1]) await store(BTC, n, 2);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    await archive();
    read = looked = 0;
    for (let n = 0; n < 10; n++) await archive([BTC]);
    expect(read).toBe(0);
    expect(looked).toBeLessThanOrEqual(20);
  });

  it('finds what was brought later, of days that are archived and of days before them', async () => {
    for (const n of [5, 6, 7]) await store(BTC, n, 2);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    await archive();
    await store(BTC, 6, 3, 9000);
    await store(BTC, 0, 4);
    for (let n = 0; n < 12; n++) await archive();
    expect(files(BTC)).toEqual([
      ...[`${day(0)}/part-00000`, `${day(5)}/part-00000`, `${day(6)}/part-00000`],
      ...[`${day(6)}/part-00001`, `${day(7)}/part-00000`],
    ]);
    expect(await archived(BTC, 6)).toEqual({ trades: 5 });
  });

  it('stops in time, lets another instrument be first, and goes on where it stopped', async () => {
    for (const n of [0, 1, 2]) await store(BTC, n, 2);
    await store(ETH, 0, 2);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    remainingMs = 19_000;
    await archive();
    expect(files(BTC).length + files(ETH).length).toBe(1);
    nowMs += 300_000;
    await archive();
    expect([files(BTC).length, files(ETH).length]).toEqual([1, 1]);
    remainingMs = 60_000;
    await archive();
    expect([files(BTC).length, files(ETH).length]).toEqual([3, 1]);
  });

  it('leaves an archive that is away to whoever waits for it, and has lost nothing when it is back', async () => {
    for (const n of [0, 1]) await store(BTC, n, 2);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    const [there, { putNew }] = [objects, objects];
    let puts = 0;
    const awayFromTheSecond: ObjectStore['putNew'] = async (...args) => {
      if (++puts > 1) throw new Unreachable('objects', new Error('no space is left'));
      return putNew.apply(there, args);
    };
    objects = {
      putNew: awayFromTheSecond,
      get: async (key) => there.get(key),
      list: async (...args) => there.list(...args),
      put: async (...args) => there.put(...args),
    };
    for (let n = 0; n < 3; n++) await expect(archive()).rejects.toThrow(Unreachable);
    objects = there;
    await archive();
    expect(files(BTC)).toEqual([0, 1].map((n) => `${day(n)}/part-00000`));
  });

  it('believes what is archived, where a call that was killed did not remember it', async () => {
    await store(BTC, 0, 5);
    nowMs = FIRST_DAY_MS + 30 * DAY_MS;
    await archive();
    state = openMemoryState();
    await archive();
    expect(files(BTC)).toEqual([`${day(0)}/part-00000`]);
    expect(await archived(BTC, 0)).toEqual({ trades: 5 });
  });
});
