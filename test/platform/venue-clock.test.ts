/** Trading goes by the venue's clock, however far it is from ours. */
import { afterEach, expect, it } from '@jest/globals';
import { collectLive } from '../../collector/live/collect-live.ts';
import { VenueVitals } from '../../collector/live/venue-vitals.ts';
import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { createHandler as readHealth } from '../../lambdas/api/read-health/handler.ts';
import { ordersPartition } from '../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID, type OrderRecord } from '../../shared/contracts/records.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { systemTime } from '../../shared/ports/time.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { inProcessEndpoints, inProcessTransport } from '../../simulator/venues/in-process-transport.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { log } from '../../shared/runtime/log.ts';
import { restClient } from '../support/rest-client.ts';
import { aStrategy } from '../support/strategy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Listens to a venue whose clock is so far ahead of ours. */
async function listenTo(offsetMs: number): Promise<Platform> {
  const platform = await openPlatform({
    dataDir: temporaryFolder(),
    use: { market: 'simulated' },
    time: 'wall',
  });
  ends.push(async () => platform.close());
  const time = { ...systemTime, nowMs: () => Date.now() + offsetMs };
  const shape = { seed: 4, instruments: 5, tradesPerSecond: 10 };
  const [venue] = simulatedVenues({ ...shape, time, random: Math.random, historyMs: 10_000 });
  const { exchange, listings } = venue!;
  const instrumentIds = listings.map(({ instrumentId }) => instrumentId);
  const params = { fastPeriod: 1, slowPeriod: 2 };
  for (const instrumentId of instrumentIds) {
    const instance = aStrategy({ instrumentId, interval: '1s', params });
    await createStrategy(platform.storage.state, instance, Date.now());
  }
  venue!.open();
  ends.push(() => venue!.close());
  const stop = new AbortController();
  const vitals = new VenueVitals(exchange);
  platform.venues.push(vitals);
  const listening = collectLive({
    exchange,
    instrumentIds,
    endpoints: inProcessEndpoints(venue!),
    transport: inProcessTransport({ venues: [venue!], time: systemTime, random: Math.random }),
    writer: platform.ports.streams,
    state: platform.ports.state,
    isSole: true,
    log,
    signal: stop.signal,
    vitals,
  });
  ends.push(async () => {
    stop.abort();
    await listening;
  });
  return platform;
}

it.each([
  [-90_000, 'binance: its clock is 90.0 s behind ours'],
  [90_000, 'binance: its clock is 90.0 s ahead of ours'],
])(
  'at a venue whose clock is %d ms ahead of ours purchases go through, and health says so',
  async (offsetMs, reason) => {
    const platform = await listenTo(offsetMs);
    const { state } = platform.storage;
    let orders: readonly OrderRecord[] = [];
    while (!orders.some(({ status, side }) => status === 'FILLED' && side === 'BUY')) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      orders = await readIndex<OrderRecord>(state, 'orders', ordersPartition(PAPER_ACCOUNT_ID));
      expect(orders.filter(({ status }) => status === 'DENIED' || status === 'EXPIRED')).toEqual([]);
    }
    for (const { effectiveTimeMs, venueOffsetMs } of orders) {
      expect(Math.abs(venueOffsetMs! - offsetMs)).toBeLessThan(1000);
      expect(effectiveTimeMs - offsetMs).toBeLessThanOrEqual(Date.now());
    }
    const { body } = await restClient(readHealth(platform.ports))('GET /v1/status');
    const { reasons } = body;
    expect(reasons.map((one) => one.replace(/(89|90)\.\d s/, '90.0 s'))).toContain(reason);
  },
  120_000,
);
