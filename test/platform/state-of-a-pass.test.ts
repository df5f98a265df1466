/** What a pass over a lane reads and writes: on AWS each of it is paid for, every second, by the kilobyte. */
import { describe, expect, it } from '@jest/globals';
import { itemBytes } from '../../bin/cost/month.ts';
import { readLoadProfile } from '../../bin/cost/inputs.ts';
import { LanePacker } from '../../collector/outlet/lane-packer.ts';
import { createHandler as createBuildCandles } from '../../lambdas/market-data/build-candles/handler.ts';
import { createHandler as createStoreTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { createHandler as createMatchOrders } from '../../lambdas/orders/match-orders/handler.ts';
import { refuseBadItem } from '../../shared/adapters/aws/state-item.ts';
import { storedRecords } from '../../shared/contracts/stored-records.ts';
import { laneOf } from '../../shared/domain/market-data/lane.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { StreamRecord } from '../../shared/ports/stream-writer.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { streamEvent } from '../support/stream-events.ts';
import { invocation, tradingPorts } from '../support/trading-ports.ts';

const INSTRUMENTS = 15;
const PASSES = 70;
const TRADES_A_PASS = 167 * INSTRUMENTS;
const START_MS = 1_723_161_255_000;

/** Fifteen of those whose lane is this one. */
const LANE = 'binance#2';
const instrumentIds = Array.from({ length: 200 }, (_, n) => `binance:COIN${n}-USDT`)
  .filter((id) => laneOf(id) === LANE)
  .slice(0, INSTRUMENTS);

/** A second of a busy lane, as the collector sends it. */
function recordsOf(pass: number): StreamRecord[] {
  const packer = new LanePacker(() => 'live-1a2b3c4d-1', 7);
  for (let i = 0; i < TRADES_A_PASS; i++) {
    const timeMs = START_MS + pass * 1000 + Math.floor((i * 1000) / TRADES_A_PASS);
    const n = i % INSTRUMENTS;
    const sequence = pass * (TRADES_A_PASS / INSTRUMENTS) + Math.floor(i / INSTRUMENTS);
    packer.addTrade({
      instrumentId: instrumentIds[n]!,
      tradeId: String(3_735_683_259 + n * 1e7 + sequence),
      price: `${61_837 + n * 100 + ((i * 7919) % 89)}.${String((i * 31) % 100).padStart(2, '0')}`,
      quantity: `${(i * 17) % 5}.${String(1 + ((i * 104_729) % 99_999)).padStart(5, '0')}`,
      takerSide: i % 3 === 0 ? 'B' : 'S',
      timeMs,
      receivedAtMs: timeMs + 20,
    });
  }
  packer.addLaneWatermarks('binance', START_MS + pass * 1000 + 500);
  return packer.take().filter(({ partitionKey }) => partitionKey === LANE);
}

interface Counted {
  readonly state: StateStore;
  readonly reads: number;
  readonly writes: readonly number[];
  /** Of those, what the second item of a lane took that was written with them. */
  readonly beside: readonly number[];
  /** What others were told. */
  readonly told: readonly number[];
}

function counting(stored: StateStore): Counted {
  const counted = { reads: 0, writes: [] as number[], beside: [] as number[], told: [] as number[] };
  const state: StateStore = {
    get: async (table, key) => {
      counted.reads++;
      return stored.get(table, key);
    },
    query: async () => Promise.reject(new Error('a pass asks for no list')),
    queryIndex: async () => Promise.reject(new Error('a pass asks for no index')),
    transact: async (writes) => {
      const [own, longer] = writes.map((write) => {
        if (write.kind !== 'put') throw new Error('a pass deletes nothing');
        return refuseBadItem({ ...write, value: storedRecords.stored(write.table, write, write.value) });
      });
      counted.writes.push(own!);
      counted.beside.push(longer!);
      return stored.transact(writes);
    },
    write: async (write) => {
      if (write.kind !== 'put') throw new Error('a pass deletes nothing');
      const bytes = refuseBadItem({
        ...write,
        value: storedRecords.stored(write.table, write, write.value),
      });
      (write.sk === 'prices' ? counted.told : counted.writes).push(bytes);
      return stored.write(write);
    },
  };
  return Object.assign(counted, { state });
}

describe.each(['store-trades', 'build-candles', 'match-orders'] as const)('a pass of %s', (name) => {
  it('reads nothing that it knows, and writes its lane once, as small and as alone as the bill says', async () => {
    const { candles, bus, clock, queues, streams } = tradingPorts();
    const counted = counting(openMemoryState());
    const { state } = counted;
    const trades = { insert: async () => undefined } as unknown as Parameters<
      typeof createStoreTrades
    >[0]['trades'];
    const handler = {
      'store-trades': () => createStoreTrades({ state, trades, clock, bus }),
      'build-candles': () => createBuildCandles({ state, trades, candles, bus, streams }),
      'match-orders': () => createMatchOrders({ state, queues }),
    }[name]();
    let sequence = 0;
    for (let pass = 0; pass < PASSES; pass++) {
      const records = recordsOf(pass).map((record) => ({
        ...record,
        sequence: ++sequence,
        arrivalMs: Date.now() + 60_000,
      }));
      await handler(streamEvent(records), invocation);
      expect(counted.reads).toBe(name === 'build-candles' ? 2 : 1);
      expect(counted.writes).toHaveLength(pass + 1);
    }
    // A sequence number of Kinesis has 56 digits.
    const bytes = Math.max(...counted.writes) + 56;
    expect(bytes).toBeLessThanOrEqual(3 * 1024);
    const billed = itemBytes({ profile: readLoadProfile() }, name, INSTRUMENTS);
    expect(bytes).toBeLessThanOrEqual(billed);
    expect(bytes).toBeGreaterThan(billed / 2);
    const billedBeside = itemBytes({ profile: readLoadProfile() }, 'longer-candles', INSTRUMENTS);
    for (const beside of counted.beside) expect(beside).toBeLessThanOrEqual(billedBeside);
    // At first, and at the end of the minute.
    expect(counted.beside).toHaveLength(name === 'build-candles' ? 2 : 0);
    // In each pass a second has closed, but for the first.
    expect(counted.told.length).toBeGreaterThanOrEqual(name === 'build-candles' ? PASSES - 1 : 0);
    expect(counted.told.length).toBeLessThanOrEqual(name === 'build-candles' ? PASSES : 0);
    const billedTold = itemBytes({ profile: readLoadProfile() }, 'prices', INSTRUMENTS);
    for (const told of counted.told) expect(told).toBeLessThanOrEqual(billedTold);
  });
});
