/** Two collectors as their container runs them, stopped and killed on the emulator's streams and tables. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHandler as createStoreTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { deployPlatform } from '../../scripts/emulator/deploy.ts';
import { DynamoStateStore } from '../../shared/adapters/aws/dynamo-state-store.ts';
import {
  COLLECTOR_REST,
  COLLECTOR_SYMBOLS,
  COLLECTOR_WS,
  parseEnvironment,
  type Environment,
} from '../../shared/adapters/aws/environment.ts';
import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import { collectorLeaseKey } from '../../shared/contracts/record-keys.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { streamEvent } from '../support/stream-events.ts';
import { tradeInRealTime } from '../support/trade-in-real-time.ts';
import { invocation } from '../support/trading-ports.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';
import { streamReceiver } from './receivers.ts';

const ENTRY = join(import.meta.dirname, '../../collector/index.ts');
const market = new SyntheticMarket({ seed: 3, instruments: 3, tradesPerSecond: 20 });
/** A standby takes over within seven seconds; the rest is the machine's. */
const TAKE_OVER_MS = 15_000;

interface Held {
  readonly fence: number;
  readonly status: string;
}

let emulator: EmulatorUnderTest;
let environment: Environment;
let variables: Readonly<Record<string, string>>;
let state: StateStore;
let venue: BinanceVenue;
let published: Set<string>;
let endTrading: () => void;
/** The one that listens first. */
let collectors: ChildProcess[];

beforeAll(async () => {
  emulator = await openEmulator();
  const deployment = await deployPlatform({
    endpoint: emulator.endpoint,
    stacks: 'stateful',
    clickHouse: { url: 'http://127.0.0.1:1' },
    issuer: { issuer: 'none', audiences: ['none'], keys: { keys: [] } },
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  variables = deployment.variables;
  environment = parseEnvironment(variables, []);
  state = new DynamoStateStore(environment);
  venue = await BinanceVenue.open();
  collectors = [];
}, 180_000);

afterAll(async () => {
  endTrading?.();
  for (const collector of collectors) collector.kill('SIGKILL');
  await venue.close();
  await emulator.close();
}, 60_000);

function startCollector(): ChildProcess {
  return spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'ignore', process.env['MILLRACE_LOG_LEVEL'] === 'info' ? 'inherit' : 'ignore'],
    env: {
      ...process.env,
      ...variables,
      [COLLECTOR_SYMBOLS]: market.instrumentIds.join(','),
      [COLLECTOR_WS]: venue.endpoints.ws,
      [COLLECTOR_REST]: venue.endpoints.rest,
    },
  });
}

const lease = async (): Promise<Held | null> =>
  (await state.get<Held>('operations', collectorLeaseKey('binance')))?.value ?? null;

/** Resolves with the fence of a holder that came after. */
async function nextHolder(after: number): Promise<number> {
  await eventually(lease, (held) => expect(held?.fence ?? 0).toBeGreaterThan(after), TAKE_OVER_MS);
  return (await lease())!.fence;
}

const storedTrades: string[] = [];
const nameOf = ({ instrumentId, tradeId }: ReceivedTrade): string =>
  `${instrumentId.split(':')[1]!.replace('-', '')} ${tradeId}`;
const fold = createStoreTrades({
  state: openMemoryState(),
  bus: { publish: async () => undefined },
  trades: {
    insert: async (trades, { mayRepeat }) => {
      const fresh = trades.filter((trade) => !mayRepeat || !storedTrades.includes(nameOf(trade)));
      storedTrades.push(...fresh.map(nameOf));
      return fresh;
    },
    between: async () => [],
    latest: async () => null,
    spans: async () => [],
    receivedBy: async () => new Map(),
  },
  clock: { nowMs: () => Date.now() },
});

/** What store-trades makes of the stream so far, in the order of every lane. */
async function storeWhatCame(receive: ReturnType<typeof streamReceiver>, seen: number): Promise<number> {
  const records = await receive('trades');
  const event = streamEvent(
    records.slice(seen).map((record, n) => ({ ...record, sequence: seen + n + 1, arrivalMs: Date.now() })),
  );
  if (event.Records.length > 0) await fold(event, invocation);
  return records.length;
}

describe('two collectors on an emulator, killed and paused', () => {
  it('give every trade of the venue once, over five rounds', async () => {
    published = new Set();
    collectors = [startCollector()];
    let fence = await nextHolder(0);
    await eventually(
      async () => venue.listeners,
      (listeners) => expect(listeners).toBe(1),
      TAKE_OVER_MS,
    );
    collectors.push(startCollector());
    // The first position of every instrument is written soon after its first trade.
    endTrading = tradeInRealTime(venue, market, published);
    await sleep(3000);
    for (const how of ['SIGKILL', 'SIGSTOP', 'SIGTERM', 'SIGSTOP', 'SIGKILL'] as const) {
      const [owner, standby] = collectors as [ChildProcess, ChildProcess];
      owner.kill(how);
      fence = await nextHolder(fence);
      if (how === 'SIGSTOP') owner.kill('SIGCONT');
      collectors = [standby, how === 'SIGSTOP' ? owner : startCollector()];
      await sleep(1000);
    }
    endTrading();
    const receive = streamReceiver(environment);
    let seen = 0;
    await eventually(
      async () => (seen = await storeWhatCame(receive, seen)),
      () => expect(new Set(storedTrades).size).toBe(published.size),
      TAKE_OVER_MS,
    );
    expect([...storedTrades].sort()).toEqual([...published].sort());
    await Promise.all(
      collectors.map(async (collector) => {
        collector.kill('SIGTERM');
        if (collector.exitCode === null) await once(collector, 'exit');
        expect(collector.exitCode).toBe(0);
      }),
    );
    expect(await lease()).toMatchObject({ status: 'released' });
  }, 120_000);
});
