import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { openPlatform } from '../../embedded/platform.ts';
import { NO_FAULTS, seededFaults, type Faults } from '../../embedded/runtime/faults.ts';
import { instancesOf } from '../../embedded/strategy-requests.ts';
import { storageTotals, type Totals } from '../../embedded/totals.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const RETRY = { firstWaitMs: 1, longestWaitMs: 4 };
const silent = createLog({ write: () => undefined }, 'error');

async function replay(dataDir: string, capture: string, faults: Faults): Promise<Totals> {
  const file = await verifyCapture(capture);
  const platform = await openPlatform({
    dataDir,
    use: { market: 'simulated' },
    time: 'tape',
    faults,
    retry: RETRY,
  });
  try {
    const instances = instancesOf(
      {
        name: 'ma-crossover',
        params: { fastPeriod: 2, slowPeriod: 5 },
        interval: '1s',
        capital: '10000',
        feeRate: '0.001',
        slippage: '0.0001',
        latencyMs: 0,
      },
      file.instruments,
    );
    if ('error' in instances) throw new Error(instances.error);
    for (const instance of instances) await createStrategy(platform.storage.state, instance, 0);
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
    return await storageTotals(platform.storage);
  } finally {
    await platform.close();
  }
}

describe('a replay under injected faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  const capture = join(folder, 'market.ndjson.gz');
  let undisturbed: Totals;

  beforeAll(async () => {
    writeCapture(capture, syntheticLines({ seed: 11, instruments: 4, tradesPerSecond: 20 }, 90));
    undisturbed = await replay(join(folder, 'undisturbed'), capture, NO_FAULTS);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has something to lose: orders and fills', () => {
    expect(undisturbed).toMatchObject({ trades: 4 * 20 * 90, quarantined: 0 });
    expect(undisturbed.fills).toBeGreaterThan(10);
  });

  it.each([1, 2, 3])(
    'of seed %i comes to the same state: nothing is lost and nothing happens twice',
    async (seed) => {
      const disturbed = await replay(join(folder, `seed-${seed}`), capture, seededFaults(seed, 0.03));
      expect(disturbed).toEqual(undisturbed);
    },
    120_000,
  );
});
