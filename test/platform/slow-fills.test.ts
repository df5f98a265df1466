import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { replayCaptures } from '../../collector/replay.ts';
import { tapeOfCapture } from '../../collector/tape-of-capture.ts';
import { openPlatform } from '../../embedded/platform.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { DEFAULT_LIMITS } from '../../shared/contracts/records.ts';
import { TapeEngine } from '../../shared/engine/tape-engine.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { aStrategy } from '../support/strategy.ts';
import { readTradingRecords } from './trading-records.ts';
import { FIRST_SECOND, writeCapture } from './write-capture.ts';

const silent = createLog({ write: () => undefined }, 'error');
/** Longer than it takes to close a candle and to decide upon it. */
const FILL_DELAY_MS = 150;

/** Up and down, second by second: each candle brings advice, and each order is filled in the second it was made in. */
const PRICES = [100, 99, 101, 98, 102, 97, 103, 96];

function tradeLine(n: number): string {
  const timeMs = FIRST_SECOND * 1000 + n * 1000 + 100;
  return JSON.stringify({
    receivedAtNs: `${timeMs}000000`,
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://stream',
    message: JSON.stringify({
      e: 'trade',
      E: timeMs,
      s: 'BTCUSDT',
      t: n + 1,
      p: `${PRICES[n]}.00`,
      q: '1.00',
      T: timeMs,
      m: true,
    }),
  });
}

function withSlowFills(ports: Ports): Ports {
  return {
    ...ports,
    bus: {
      publish: async (events) => {
        if (events.some(({ detailType }) => detailType === 'OrderFilledV1')) await sleep(FILL_DELAY_MS);
        await ports.bus.publish(events);
      },
    },
  };
}

describe('a replay whose fills are slow to be booked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-slow-fills-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('decides upon a candle when what was traded in it is in the ledger, as the engine does', async () => {
    const path = join(folder, 'zigzag.ndjson.gz');
    writeCapture(
      path,
      PRICES.map((_, n) => tradeLine(n)),
    );
    const platform = await openPlatform({
      dataDir: join(folder, 'data'),
      time: 'tape',
      decorate: withSlowFills,
    });
    try {
      const params = { fastPeriod: 1, slowPeriod: 2 };
      await createStrategy(platform.storage.state, aStrategy({ params, interval: '1s', latencyMs: 0 }), 0);
      await replayCaptures({
        files: [await verifyCapture(path)],
        writer: platform.ports.streams,
        state: platform.ports.state,
        gate: platform.gate,
        speed: 'max',
        signal: new AbortController().signal,
        log: silent,
      });
      await platform.runtime.drained();
      const live = await readTradingRecords(platform.storage.state);
      const engine = new TapeEngine(live.instances, DEFAULT_LIMITS);
      for await (const steps of tapeOfCapture(path)) for (const step of steps) engine.step(step);
      const { orders, fills } = engine.result();
      expect(fills).toHaveLength(5);
      expect(live.orders.map(({ side, status, statusReason }) => [side, status, statusReason])).toEqual(
        orders.map(({ side, status, statusReason }) => [side, status, statusReason]),
      );
      expect(live.fills).toEqual(fills);
    } finally {
      await platform.close();
    }
  }, 60_000);
});
