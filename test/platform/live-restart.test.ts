/** The embedded platform on a live venue, killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tradeInRealTime } from '../support/trade-in-real-time.ts';
import { runMillrace } from './run-millrace.ts';

const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const market = new SyntheticMarket({ seed: 9, instruments: 3, tradesPerSecond: 20 });
const dataDir = join(temporaryFolder(), 'live');

let venue: BinanceVenue;
let running: ChildProcess | null = null;

beforeAll(async () => {
  venue = await BinanceVenue.open();
});

afterAll(async () => {
  running?.kill('SIGKILL');
  await venue.close();
});

/** @returns once it listens. */
async function start(): Promise<{ readonly child: ChildProcess; readonly startedMs: number }> {
  const began = performance.now();
  const symbols = market.instrumentIds.map((id) => id.split(':')[1]).join(',');
  const args = [
    entry,
    'start',
    '--live',
    'binance',
    '--symbols',
    symbols,
    '--port',
    '0',
    '--data-dir',
    dataDir,
  ];
  const { ws, rest } = venue.endpoints;
  const child = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, MILLRACE_BINANCE_WS: ws, MILLRACE_BINANCE_REST: rest },
  });
  running = child;
  while (venue.listeners === 0) await sleep(20);
  return { child, startedMs: performance.now() - began };
}

describe('a platform that listens to a venue', () => {
  it('has every trade once after it was killed and started again, and listens again at once', async () => {
    const published = new Set<string>();
    const first = await start();
    const endTrading = tradeInRealTime(venue, market, published);
    await sleep(2500);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await sleep(1000);
    const second = await start();
    await sleep(2500);
    endTrading();
    await sleep(500);
    second.child.kill('SIGINT');
    await once(second.child, 'exit');
    const { stdout } = await runMillrace(['state', '--data-dir', dataDir]);
    expect(published.size).toBeGreaterThan(300);
    expect(JSON.parse(stdout)).toMatchObject({ trades: published.size });
    // The lease of the one that was killed would have held for six seconds.
    expect(second.startedMs).toBeLessThan(first.startedMs + 5000);
  }, 60_000);
});
