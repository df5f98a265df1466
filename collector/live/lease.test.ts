import { beforeEach, describe, expect, it } from '@jest/globals';
import { collectorLeaseKey, collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import type { StateStore, Write } from '../../shared/ports/state-store.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { SimulatedTime, type SimulatedProcess } from '../../test/support/simulated-time.ts';
import { LeaseLost, takeLease, type Lease } from './lease.ts';
import { LivePosition } from './live-position.ts';

const TIMINGS = { leaseMs: 6000, renewEveryMs: 2000, standbyEveryMs: 500 };
const START_MS = 1_700_000_000_000;

let time: SimulatedTime;
let state: StateStore;

beforeEach(() => {
  time = new SimulatedTime(START_MS);
  state = openMemoryState();
});

interface Contender {
  readonly process: SimulatedProcess;
  readonly stop: AbortController;
  lease: Lease | null;
}

/** A process that wants the lease, and renews it once it has it. */
function contend(options: { store?: StateStore; isSole?: boolean; renews?: boolean } = {}): Contender {
  const { store = state, isSole = false, renews = true } = options;
  const process = time.process();
  const contender: Contender = { process, stop: new AbortController(), lease: null };
  const log = createLog({ write: () => undefined }, 'info');
  const asked = { state: store, exchange: 'binance', timings: TIMINGS, time: process, log, isSole };
  void takeLease(asked, contender.stop.signal).then((lease) => {
    contender.lease = lease;
    if (renews && lease !== null)
      process.every(TIMINGS.renewEveryMs, () => void lease.renew().catch(() => undefined));
  });
  return contender;
}

const position = (lease: Lease) => new LivePosition(state, 'binance', lease);
/** Where the collector has come to. */
const at = (tradeId: number) =>
  new Map([['binance:BTC-USDT', { tradeId, timeMs: 1_700_000_000_000 + tradeId }]]);
const savedIds = async () =>
  (await state.get<{ lastTradeIds: object }>('operations', collectorPositionKey('live-binance')))?.value
    .lastTradeIds;

describe('the lease of an exchange', () => {
  it('is had by one at a time, for as long as that one renews it', async () => {
    const [first, second] = [contend(), contend()];
    await time.pass(60_000);
    expect([first.lease === null, second.lease === null]).toEqual([false, true]);
  });

  it('goes to the one who stands by when its holder was killed, within seconds and under a greater fence', async () => {
    const [first, second] = [contend(), contend()];
    await time.pass(10_000);
    first.process.kill();
    await time.pass(4000);
    expect(second.lease).toBeNull();
    await time.pass(3000);
    expect(second.lease!.fence).toBeGreaterThan(first.lease!.fence);
  });

  it('goes at once to the one who stands by when it is handed over', async () => {
    const [first, second] = [contend({ renews: false }), contend()];
    await time.pass(3000);
    await first.lease!.release();
    await time.pass(600);
    expect(second.lease).not.toBeNull();
    await expect(first.lease!.assure()).rejects.toThrow(LeaseLost);
  });

  it('is taken at once by whoever knows that nobody else can have it', async () => {
    const first = contend();
    await time.pass(100);
    first.process.kill();
    const second = contend({ isSole: true });
    await time.pass(1);
    expect(second.lease!.fence).toBeGreaterThan(first.lease!.fence);
  });

  it('is judged by how long it was seen unchanged, not by anybody’s clock', async () => {
    const key = collectorLeaseKey('binance');
    const value = { fence: 5, holder: 'x', leaseMs: 6000, status: 'held', renewedAtMs: 0 };
    await state.write({ kind: 'put', table: 'operations', ...key, value, condition: { kind: 'none' } });
    const second = contend();
    await time.pass(5500);
    expect(second.lease).toBeNull();
    await time.pass(1500);
    expect(second.lease).not.toBeNull();
  });

  it('has a fence that grows though the item was lost', async () => {
    const first = contend({ renews: false });
    await time.pass(1000);
    const key = collectorLeaseKey('binance');
    await state.write({ kind: 'delete', table: 'operations', ...key, condition: { kind: 'none' } });
    const second = contend();
    await time.pass(1000);
    expect(second.lease!.fence).toBeGreaterThan(first.lease!.fence);
  });

  it('is not wanted any more by one who was told to stop', async () => {
    const [first, second] = [contend({ renews: false }), contend()];
    await time.pass(1000);
    second.stop.abort();
    await time.pass(1000);
    await first.lease!.release();
    await time.pass(10_000);
    expect(second.lease).toBeNull();
  });
});

describe('a holder that slept past the end of its lease', () => {
  async function overtaken(): Promise<{ stale: Lease; next: Lease; first: Contender }> {
    const [first, second] = [contend(), contend()];
    await time.pass(3000);
    first.process.pause();
    await time.pass(8000);
    return { stale: first.lease!, next: second.lease!, first };
  }

  it('learns that it has lost it before it sends anything', async () => {
    const { stale, next } = await overtaken();
    await expect(stale.assure()).rejects.toThrow(LeaseLost);
    await next.assure();
  });

  it('cannot write the position any more', async () => {
    const { stale, next } = await overtaken();
    await position(next).save(at(7));
    await expect(position(stale).save(at(3))).rejects.toThrow(LeaseLost);
    await expect(position(stale).saveAndRelease(at(3))).rejects.toThrow(LeaseLost);
    expect(await savedIds()).toEqual({ 'binance:BTC-USDT': 7 });
    expect([...(await position(next).load())]).toEqual([...at(7)]);
  });

  it('goes on under its lease where nobody has taken it', async () => {
    const first = contend();
    await time.pass(3000);
    first.process.pause();
    await time.pass(20_000);
    await first.lease!.assure();
    await position(first.lease!).save(at(3));
    expect(await savedIds()).toEqual({ 'binance:BTC-USDT': 3 });
  });
});

describe('a state store that fails', () => {
  /** Writes, and then loses the answer; or does not write at all. */
  function failing(how: { fails: 'never' | 'before' | 'after' }): StateStore {
    const through = async (write: () => Promise<void>): Promise<void> => {
      if (how.fails === 'before') throw new Error('no answer');
      await write();
      if (how.fails === 'after') throw new Error('no answer');
    };
    return {
      get: async (table, key) => state.get(table, key),
      query: async (...query) => state.query(...query),
      queryIndex: async (...query) => state.queryIndex(...query),
      write: async (write: Write) => through(async () => state.write(write)),
      transact: async (writes) => through(async () => state.transact(writes)),
    };
  }

  it('gives the lease to the one who took it, though the answer was lost', async () => {
    const how = { fails: 'after' as 'never' | 'after' };
    const first = contend({ store: failing(how) });
    await time.pass(100);
    expect(first.lease).toBeNull();
    how.fails = 'never';
    await time.pass(500);
    expect(first.lease).not.toBeNull();
    await first.lease!.renew();
  });

  it('leaves it with its holder when the answer to a renewal was lost', async () => {
    const how = { fails: 'never' as 'never' | 'after' };
    const first = contend({ store: failing(how), renews: false });
    await time.pass(100);
    how.fails = 'after';
    await expect(first.lease!.renew()).rejects.toThrow('no answer');
    how.fails = 'never';
    await first.lease!.renew();
  });

  it('does not hinder a holder that cannot renew: the fence guards what is sent', async () => {
    const how = { fails: 'never' as 'never' | 'before' };
    const first = contend({ store: failing(how), renews: false });
    await time.pass(100);
    how.fails = 'before';
    await time.pass(10_000);
    await first.lease!.assure();
  });
});
