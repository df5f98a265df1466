/** Two accounts on one market: each trades by its own terms and stops by its own switch, and totals are of both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { openPlatform } from '../../embedded/platform.ts';
import { storageTotals } from '../../embedded/totals.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { fillsPartition, killSwitchKey, ordersPartition } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { plainAccount } from '../../shared/domain/accounts/account.ts';
import { openAccount } from '../../shared/runtime/accounts.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { aStrategy } from '../support/strategy.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-accounts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const silent = createLog({ write: () => undefined }, 'error');

it('trade beside one another: one that is stopped stops alone, and the totals of a folder are of all', async () => {
  const capture = join(folder, 'market.ndjson.gz');
  writeCapture(capture, syntheticLines({ seed: 11, instruments: 1, tradesPerSecond: 20 }, 90));
  const file = await verifyCapture(capture);
  const platform = await openPlatform({
    dataDir: join(folder, 'data'),
    use: { market: 'simulated' },
    time: 'tape',
  });
  try {
    const { state } = platform.storage;
    for (const id of ['cheap', 'stopped']) await openAccount(state, plainAccount(id), 0);
    for (const [accountId, feeRate] of [
      ['paper', '0.001'],
      ['cheap', '0'],
      ['stopped', '0'],
    ] as const) {
      const asked = { params: { fastPeriod: 2, slowPeriod: 5 }, interval: '1s', latencyMs: 0 } as const;
      const instance = aStrategy({ ...asked, accountId, feeRate, instrumentId: file.instruments[0]! });
      await createStrategy(state, instance, 0);
    }
    const value = { engaged: true, reason: 'a drill', by: 'alice', atMs: 0 };
    const place = { table: 'orders', ...killSwitchKey('stopped') } as const;
    await state.write({ kind: 'put', ...place, value, condition: { kind: 'none' } });

    await replayCaptures({
      files: [file],
      writer: platform.ports.streams,
      state: platform.ports.state,
      gate: platform.gate,
      speed: 'max',
      signal: new AbortController().signal,
      log: silent,
    });
    await platform.runtime.drained();

    const ordersOf = async (id: string) => readIndex<OrderRecord>(state, 'orders', ordersPartition(id));
    const fillsOf = async (id: string) => (await readIndex(state, 'portfolio', fillsPartition(id))).length;
    const [paper, cheap, stopped] = [
      await ordersOf('paper'),
      await ordersOf('cheap'),
      await ordersOf('stopped'),
    ];
    expect(paper.filter(({ status }) => status === 'FILLED').length).toBeGreaterThan(2);
    // The same advice at the same times, by other terms.
    const moments = (orders: OrderRecord[]) => orders.map((order) => [order.effectiveTimeMs, order.side]);
    expect(moments(cheap)).toEqual(moments(paper));
    expect(new Set(stopped.map(({ status }) => status))).toEqual(new Set(['DENIED']));
    expect([await fillsOf('stopped'), await fillsOf('cheap')]).toEqual([0, await fillsOf('paper')]);

    const totals = await storageTotals(platform.storage);
    expect(totals).toMatchObject({
      orders: paper.length + cheap.length + stopped.length,
      fills: 2 * (await fillsOf('paper')),
    });
    expect(totals.positions).toHaveLength(3);
  } finally {
    await platform.close();
  }
}, 60_000);
