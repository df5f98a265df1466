/**
 * A disk that is full for a while, under a ClickHouse that is killed five times and stopped meanwhile. How long, says
 * `MILLRACE_FULL_DISK_SECONDS`: some seconds in `npm test`, a minute in CI, ten minutes when asked for.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collectLive } from '../../collector/live/collect-live.ts';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { instancesOf } from '../../embedded/strategy-requests.ts';
import { storageTotals, type Totals } from '../../embedded/totals.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { countTrades, streamTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import type { HealthView } from '../../shared/contracts/health-view.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { patientPorts } from '../../shared/runtime/patient-ports.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { dataFolder } from '../conformance/recorded-data.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const FULL_MS = Number(process.env['MILLRACE_FULL_DISK_SECONDS'] ?? 8) * 1000;
const STOPPED_MS = Math.min(60_000, FULL_MS / 4);
const KILLS = 5;
const RECOVERS_WITHIN_MS = 60_000;
const TIMEOUT_MS = FULL_MS + 180_000;
const DISK_MEGABYTES = 512;

const RECORDED = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;
const silent = createLog({ write: () => undefined }, 'error');

/** Jest shows what it skips by the name. */
const describeWithDisks = SmallDisk.canBeMounted() ? describe : describe.skip;

describeWithDisks(
  'a full disk under a ClickHouse that is killed and stopped (needs root to mount one)',
  () => {
    let disk: SmallDisk;
    beforeEach(() => {
      disk = SmallDisk.mount(DISK_MEGABYTES)!;
    });
    afterEach(() => disk.unmount());

    it(
      'is waited for by a replay, which comes to the same state',
      async () => {
        const capture = captureToReplay();
        const undisturbed = await replay(temporaryFolder(), capture, async () => undefined);
        expect(undisturbed.fills).toBeGreaterThan(0);
        let told: Told | null = null;
        const disturbed = await replay(disk.path, capture, async (platform) => {
          await until(async () => (await countTrades(platform.storage.clickHouse)) > 0);
          told = await outage(platform, disk);
        });
        expect(disturbed).toEqual(undisturbed);
        expect(disturbed.givenUp).toBe(0);
        // It waits for ClickHouse, and writes nothing else meanwhile.
        expectAllTold(told!, ['ClickHouse']);
      },
      TIMEOUT_MS,
    );

    it(
      'costs a live market none of its trades',
      async () => {
        const market = new SyntheticMarket({ seed: 8, instruments: 3, tradesPerSecond: 20 });
        const venue = await BinanceVenue.open();
        const platform = await openPlatform({
          dataDir: join(disk.path, 'data'),
          use: { market: 'simulated' },
          time: 'wall',
        });
        const stop = new AbortController();
        await createInstances(platform, market.instrumentIds);
        const collected = collectLive({
          exchange: 'binance',
          instrumentIds: market.instrumentIds,
          endpoints: venue.endpoints,
          ...portsOf(platform, stop.signal),
          isSole: true,
          log: silent,
          signal: stop.signal,
        });
        // What was traded before anybody ever listened is nobody's to store.
        await until(async () => venue.listeners > 0);
        const record = tradeInRealTime(market, venue);
        try {
          await until(async () => (await countTrades(platform.storage.clickHouse)) > 0);
          const told = await outage(platform, disk);
          const made = record.stop();
          await until(async () => (await countTrades(platform.storage.clickHouse)) >= made.length);
          const stored: string[] = [];
          await streamTrades(platform.storage.clickHouse, ({ instrumentId, tradeId }) =>
            stored.push(`${instrumentId} ${tradeId}`),
          );
          expect(stored.sort()).toEqual(made.sort());
          expect(await storageTotals(platform.storage)).toMatchObject({ givenUp: 0, quarantined: 0 });
          // What the log cannot take waits there: whether ClickHouse is still owed anything is a matter of the moment.
          expectAllTold(told, ['log.db']);
        } finally {
          record.stop();
          stop.abort();
          await collected;
          await platform.close();
          await venue.close();
        }
      },
      TIMEOUT_MS,
    );
  },
);

function captureToReplay(): string {
  if (existsSync(RECORDED)) return RECORDED;
  const path = join(temporaryFolder(), 'market.ndjson.gz');
  writeCapture(path, syntheticLines({ seed: 11, instruments: 4, tradesPerSecond: 50 }, 120));
  return path;
}

/** @param disturb is waited for along with the replay */
async function replay(
  folder: string,
  capture: string,
  disturb: (platform: Platform) => Promise<void>,
): Promise<Totals> {
  const file = await verifyCapture(capture);
  const platform = await openPlatform({
    dataDir: join(folder, 'data'),
    use: { market: 'simulated' },
    time: 'tape',
  });
  const { signal } = new AbortController();
  try {
    await createInstances(platform, file.instruments);
    const { writer, state } = portsOf(platform, signal);
    const { gate } = platform;
    const replayed = replayCaptures({
      files: [file],
      writer,
      state,
      gate,
      speed: 'max',
      signal,
      log: silent,
    });
    await Promise.all([replayed, disturb(platform)]);
    await platform.runtime.drained();
    return await storageTotals(platform.storage);
  } finally {
    await platform.close();
  }
}

async function createInstances(platform: Platform, instruments: readonly InstrumentId[]): Promise<void> {
  const instances = instancesOf(
    {
      name: 'ma-crossover',
      params: { fastPeriod: 5, slowPeriod: 20 },
      interval: '1s',
      capital: '10000',
      feeRate: '0.001',
      slippage: '0',
      latencyMs: 0,
    },
    instruments,
  );
  if ('error' in instances) throw new Error(instances.error);
  for (const instance of instances) await createStrategy(platform.storage.state, instance, 0);
}

function portsOf({ ports, runtime }: Platform, signal: AbortSignal) {
  const { streams: writer, state } = patientPorts(ports, runtime.patience, 'collector', signal);
  return { writer, state };
}

/** What health said, all through an outage and after it. */
interface Told {
  readonly during: readonly HealthView[];
  readonly after: HealthView;
}

/** The disk is full from beginning to end; ClickHouse is killed in the first half and stopped in the second. */
async function outage(platform: Platform, disk: SmallDisk): Promise<Told> {
  const { clickHouseServer } = platform.storage;
  const server = await platform.listen(0);
  const token = await platform.issuer.mint({ subject: 'owner', role: 'viewer', ttlSeconds: 3600 });
  const health = async (): Promise<HealthView> => {
    const response = await fetch(`${server.url}/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await response.json()) as HealthView;
  };
  const during: HealthView[] = [];
  disk.fill();
  const watching = setInterval(() => void health().then((view) => during.push(view)), 500);
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(FULL_MS / 2 / KILLS);
      const { pid } = clickHouseServer;
      process.kill(pid, 'SIGKILL');
      await until(async () => clickHouseServer.pid !== pid);
    }
    process.kill(clickHouseServer.pid, 'SIGSTOP');
    await sleep(STOPPED_MS);
    process.kill(clickHouseServer.pid, 'SIGCONT');
    await sleep(FULL_MS / 2 - STOPPED_MS);
  } finally {
    clearInterval(watching);
    disk.free();
  }
  const freedAt = performance.now();
  let after = await health();
  while (after.status !== 'ok' && performance.now() - freedAt < RECOVERS_WITHIN_MS) {
    await sleep(200);
    after = await health();
  }
  process.stderr.write(
    `full for ${FULL_MS / 1000} s, stopped for ${STOPPED_MS / 1000} s: health ok after ${Math.round(performance.now() - freedAt)} ms\n`,
  );
  return { during, after };
}

function expectAllTold({ during, after }: Told, stores: readonly string[]): void {
  const degraded = during.filter(({ status }) => status === 'degraded');
  // A moment passes before the first of them meets the full disk.
  expect(degraded.length).toBeGreaterThanOrEqual(during.length - 4);
  const missed = new Set(during.flatMap(({ waiting }) => waiting.map(({ store }) => store)));
  expect([...missed]).toEqual(expect.arrayContaining([...stores]));
  expect(degraded.at(-1)!.reasons.join('\n')).toMatch(/cannot be reached: .*, since .*; waiting: /);
  expect(after).toMatchObject({ status: 'ok', reasons: [], waiting: [], givenUp: 0 });
}

/** The market trades second by second. @returns what ends that, and gives all trades that were made */
function tradeInRealTime(market: SyntheticMarket, venue: BinanceVenue): { stop(): string[] } {
  const made: string[] = [];
  let second = Math.floor(Date.now() / 1000);
  const trade = (): void => {
    for (; second + 1 <= Date.now() / 1000; second++) {
      const messages = market
        .messagesOf(second)
        .flatMap(({ kind, message }) => (kind === 'ws' ? [message] : []));
      venue.publish(messages);
      for (const message of messages) {
        const { s, t } = (JSON.parse(message) as { data: { s: string; t: number } }).data;
        made.push(`${market.instrumentIds.find((id) => id.split(':')[1]!.replace('-', '') === s)} ${t}`);
      }
    }
  };
  const timer = setInterval(trade, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return made;
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + RECOVERS_WITHIN_MS;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`still not: ${holds.toString()}`);
    await sleep(100);
  }
}
