import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryTradeStore } from '../../memory/memory-trade-store.ts';
import type { ReceivedTrade } from '../../../contracts/lane-rows.ts';
import { decimal } from '../../../domain/decimal.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { archiveDay, type ArchivedTrades, type ArchiveStores } from './archive-day.ts';
import { dayFolder } from './archived-day.ts';
import { keysOfPart } from './trade-part.ts';

const INSTRUMENT = 'binance:币安人生-USDT';
const DAY_MS = Date.UTC(2024, 7, 9);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FOLDER = 'trades/exchange=binance/instrument=币安人生-USDT/day=2024-08-09/';

/** Objects in memory. Before and after each call it is asked whether the process dies there. */
class Objects implements Pick<ObjectStore, 'get' | 'list' | 'putNew'> {
  readonly bodies = new Map<string, Uint8Array>();
  diesAt = Infinity;
  #calls = 0;

  async putNew(key: string, body: Uint8Array): Promise<boolean> {
    return this.#mayDie(() => !this.bodies.has(key) && this.bodies.set(key, body.slice()).has(key));
  }

  async get(key: string): Promise<Uint8Array | null> {
    return this.#mayDie(() => this.bodies.get(key) ?? null);
  }

  async list(prefix: string): Promise<readonly string[]> {
    return this.#mayDie(() => [...this.bodies.keys()].filter((key) => key.startsWith(prefix)).sort());
  }

  async #mayDie<T>(act: () => T): Promise<T> {
    await Promise.resolve();
    if (++this.#calls === this.diesAt) throw new Error('killed');
    const done = act();
    if (++this.#calls === this.diesAt) throw new Error('killed');
    return done;
  }
}

const trade = (tradeId: number, timeMs: number): ReceivedTrade => ({
  ...{ instrumentId: INSTRUMENT, tradeId, timeMs, takerSide: 'BUY', receivedAtMs: timeMs + 5 },
  ...{ price: decimal('61837.63'), quantity: decimal('0.00001') },
});
/** A trade a minute, all day. */
const tape = Array.from({ length: 1440 }, (_, n) => trade(n, DAY_MS + n * MINUTE_MS));

const WHOLE_DAY = { instrumentId: INSTRUMENT, dayMs: DAY_MS };

let trades: MemoryTradeStore;
let objects: Objects;
let stores: ArchiveStores;
beforeEach(() => {
  trades = new MemoryTradeStore();
  objects = new Objects();
  stores = { trades, objects };
});

const archive = async (tradesAPart = 200_000): Promise<ArchivedTrades> =>
  archiveDay(stores, { instrumentId: INSTRUMENT, dayMs: DAY_MS, tradesAPart });

async function archiveAll(tradesAPart: number): Promise<void> {
  while (!(await archive(tradesAPart)).isDone);
}

/** The trade ids of each part, by the order of the parts' names. */
async function idsOfParts(): Promise<readonly (readonly number[])[]> {
  const ids = [];
  for (const [, body] of [...objects.bodies].sort(([a], [b]) => (a < b ? -1 : 1)))
    ids.push([...(await keysOfPart(body)).tradeIds]);
  return ids;
}

describe('the archive of a day', () => {
  it('has each stored trade once, in order, in the folder of its day', async () => {
    await trades.insert([...tape].reverse(), { mayRepeat: false });
    await trades.insert([trade(-0, DAY_MS - 1), trade(1440, DAY_MS + 24 * HOUR_MS)], { mayRepeat: false });
    expect(await archive()).toEqual({ trades: 1440, tradesAdded: 1440, partsAdded: 1, isDone: true });
    expect(dayFolder(INSTRUMENT, DAY_MS)).toBe(FOLDER);
    expect([...objects.bodies.keys()]).toEqual([`${FOLDER}part-00000.parquet`]);
    expect(await idsOfParts()).toEqual([tape.map(({ tradeId }) => tradeId)]);
  });

  it('is cut into parts of a size, over the hours', async () => {
    await trades.insert(tape, { mayRepeat: false });
    expect(await archive(500)).toMatchObject({ tradesAdded: 1440, partsAdded: 3, isDone: true });
    expect((await idsOfParts()).map(({ length }) => length)).toEqual([500, 500, 440]);
    expect((await idsOfParts()).flat()).toEqual(tape.map(({ tradeId }) => tradeId));
  });

  it('does not change when it is written again', async () => {
    await trades.insert(tape, { mayRepeat: false });
    await archive(500);
    const before = new Map(objects.bodies);
    expect(await archive(500)).toEqual({ trades: 1440, tradesAdded: 0, partsAdded: 0, isDone: true });
    expect(objects.bodies).toEqual(before);
  });

  it('takes what comes late into a part of its own, and leaves the others as they are', async () => {
    const late = tape.filter((_, n) => n % 100 === 7);
    await trades.insert(
      tape.filter((_, n) => n % 100 !== 7),
      { mayRepeat: false },
    );
    await archive(500);
    const before = new Map(objects.bodies);
    await trades.insert(late, { mayRepeat: false });
    expect(await archive(500)).toMatchObject({ trades: 1440, tradesAdded: late.length, partsAdded: 1 });
    for (const [key, body] of before) expect(objects.bodies.get(key)).toBe(body);
    expect((await idsOfParts()).at(-1)).toEqual(late.map(({ tradeId }) => tradeId));
  });

  it('tells trades apart by their time as well, where the ids of a venue began anew', async () => {
    await trades.insert([trade(5, DAY_MS + 10), trade(6, DAY_MS + 20)], { mayRepeat: false });
    await archive();
    await trades.insert([trade(6, DAY_MS + 10), trade(5, DAY_MS + 20)], { mayRepeat: false });
    expect(await archive()).toMatchObject({ trades: 4, tradesAdded: 2 });
  });

  it('has each trade once wherever the process was killed, and writes nothing a second time', async () => {
    await trades.insert(tape, { mayRepeat: false });
    // A listing and three parts, each before and after.
    for (let diesAt = 1; diesAt <= 8; diesAt++) {
      objects = new Objects();
      stores = { trades, objects };
      objects.diesAt = diesAt;
      await expect(archiveAll(500)).rejects.toThrow('killed');
      const before = new Map(objects.bodies);
      objects.diesAt = Infinity;
      await archiveAll(500);
      for (const [key, body] of before) expect(objects.bodies.get(key)).toBe(body);
      expect((await idsOfParts()).flat()).toEqual(tape.map(({ tradeId }) => tradeId));
    }
  });

  it('has each trade once when it is written twice at once while trades come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const next = (): number => (numbers.next() as { value: number }).value;
        trades = new MemoryTradeStore();
        objects = new Objects();
        stores = { trades, objects };
        const waiting = tape.slice(0, 600);
        const come = async (): Promise<void> => {
          const some = Array.from({ length: next() % 200 }, () =>
            waiting.splice(next() % Math.max(1, waiting.length), 1),
          );
          await trades.insert(some.flat(), { mayRepeat: false });
        };
        await come();
        while (waiting.length > 0) await Promise.all([archive(20 + (next() % 60)), come(), archive(37)]);
        await Promise.all([archiveAll(50), archiveAll(70)]);
        const ids = (await idsOfParts()).flat();
        expect(ids.toSorted((a, b) => a - b)).toEqual(tape.slice(0, 600).map(({ tradeId }) => tradeId));
      }),
      { numRuns: 25 },
    );
  });

  it('leaves the rest to whoever was faster, and says that it is not done', async () => {
    await trades.insert(tape, { mayRepeat: false });
    const faster = new Objects();
    const taken: typeof faster.putNew = async (key, body) => {
      if (faster.bodies.size === 1) await archiveDay({ trades, objects: faster }, WHOLE_DAY);
      return Objects.prototype.putNew.call(faster, key, body);
    };
    stores = {
      trades,
      objects: { putNew: taken, get: async (key) => faster.get(key), list: async (key) => faster.list(key) },
    };
    expect(await archive(500)).toEqual({ trades: 500, tradesAdded: 500, partsAdded: 1, isDone: false });
    expect(await archive(500)).toEqual({ trades: 1440, tradesAdded: 0, partsAdded: 0, isDone: true });
  });

  it('stops where the time is short, keeps what was read, and goes on from there', async () => {
    const many = Array.from({ length: 25_000 }, (_, n) => trade(n, DAY_MS + n));
    await trades.insert(many, { mayRepeat: false });
    const short = async () =>
      archiveDay(stores, { instrumentId: INSTRUMENT, dayMs: DAY_MS, isShortOfTime: () => true });
    expect(await short()).toMatchObject({ tradesAdded: 10_000, partsAdded: 1, isDone: false });
    expect(await short()).toMatchObject({ trades: 19_999, tradesAdded: 9999, isDone: false });
    expect(await archive()).toMatchObject({ trades: 25_000, tradesAdded: 5001, isDone: true });
  });

  it('takes a part of a day, and what is beside it later', async () => {
    await trades.insert(tape, { mayRepeat: false });
    const between = async (fromMs: number, toMs: number) =>
      archiveDay(stores, { instrumentId: INSTRUMENT, dayMs: DAY_MS, range: { fromMs, toMs } });
    const at = (minute: number): number => DAY_MS + minute * MINUTE_MS;
    expect(await between(at(30), at(90))).toMatchObject({ tradesAdded: 60 });
    expect(await between(at(0), at(100))).toMatchObject({ trades: 100, tradesAdded: 40 });
    expect(await archive()).toMatchObject({ trades: 1440, tradesAdded: 1340 });
  });

  it('goes behind the last of its parts where one was taken away', async () => {
    await trades.insert(tape, { mayRepeat: false });
    await archive(500);
    objects.bodies.delete(`${FOLDER}part-00001.parquet`);
    await archiveAll(500);
    expect([...objects.bodies.keys()].map((key) => key.slice(FOLDER.length, -8)).sort()).toEqual([
      ...['part-00000', 'part-00002', 'part-00003'],
    ]);
    expect((await idsOfParts()).flat()).toHaveLength(1440);
  });
});
