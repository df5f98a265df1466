import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openStorage } from '../../embedded/storage.ts';
import type { Totals } from '../../embedded/totals.ts';
import { bookKey, fillsPartition } from '../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID, type BookRecord } from '../../shared/contracts/records.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';
import { topology } from '../../shared/topology.ts';
import { runMillrace } from './run-millrace.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-given-up-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CAUSE = JSON.stringify(
  describeError(new Error('the table is away', { cause: new Error('connection refused') })),
);

function tradesIn(data: Uint8Array): number {
  const record = parseLaneRecord(Buffer.from(data).toString());
  return record.kind === 'trades' ? record.trades.length : 0;
}

describe('what functions gave up', () => {
  it('is listed with its cause, and sent again it changes nothing that was done already', async () => {
    const dataDir = join(folder, 'data');
    const capture = join(folder, 'market.ndjson.gz');
    writeCapture(capture, syntheticLines({ seed: 3, instruments: 1, tradesPerSecond: 20 }, 120));
    const params = '{"fastPeriod":2,"slowPeriod":5}';
    const strategy = ['--strategy', 'ma-crossover', '--params', params, '--strategy-interval', '1s'];
    const run = await runMillrace([
      'start',
      ...['--replay', capture, '--once', '--data-dir', dataDir],
      ...strategy,
    ]);
    const totals = JSON.parse(run.stdout) as Totals;
    expect(totals.fills).toBeGreaterThan(0);

    const storage = await openStorage(dataDir, { mustExist: true });
    const fills = await storage.state.queryIndex('portfolio', fillsPartition(PAPER_ACCOUNT_ID), { limit: 1 });
    const fill = fills.items[0]!.value as Fill;
    const book = await storage.state.get<BookRecord>('portfolio', bookKey(fill.strategyId));
    const changed = { fill, position: book!.value };
    await storage.bus.publish([{ detailType: 'PortfolioChangedV1', detail: changed }]);
    for (const { id } of storage.bus.take('push-updates', 10, Date.now())) storage.bus.giveUp(id, CAUSE);
    const { streamLog } = storage;
    const records = streamLog.read('trades', 0, 500, 1e6);
    const firstAgain = streamLog.head('trades') + 1;
    await streamLog.append(
      'trades',
      records.map(({ partitionKey, data }) => recordOfLane(partitionKey, data)),
    );
    for (const { stream, function: consumer } of topology.streamConsumers) {
      if (stream === 'trades') streamLog.giveUp(consumer, 'trades', streamLog.head('trades'), CAUSE);
    }
    await storage.close();

    const listed = await runMillrace(['quarantine', 'given-up', '--limit', '1', '--data-dir', dataDir]);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      {
        kind: 'event',
        function: 'push-updates',
        cause: 'the table is away: connection refused',
        content: { detailType: 'PortfolioChangedV1', detail: changed },
      },
      {
        kind: 'record',
        function: 'build-candles',
        id: `trades/${firstAgain}`,
        cause: 'the table is away: connection refused',
        attempts: 10,
        content: {
          partitionKeys: [records[0]!.partitionKey],
          records: 1,
          bytes: records[0]!.data.byteLength,
        },
      },
    ]);

    const redrive = ['quarantine', 'redrive', '--data-dir', dataDir];
    const again = await runMillrace(redrive);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual([
      { kind: 'event', function: 'push-updates', redriven: 1, left: null },
      { kind: 'record', function: 'build-candles', redriven: records.length, left: null },
    ]);
    expect(JSON.parse((await runMillrace(redrive)).stdout)).toEqual([]);
    const state = await runMillrace(['state', '--data-dir', dataDir]);
    const { dropped, ...rest } = JSON.parse(state.stdout) as Totals;
    const { dropped: before, ...all } = totals;
    expect(rest).toEqual(all);
    // Each trade of those records was there already, and that is told.
    expect(before.known).toBe(0);
    expect(dropped.known).toBe(records.reduce((sum, { data }) => sum + tradesIn(data), 0));
  }, 120_000);
});
