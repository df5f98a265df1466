/** The whole platform on an emulator: every stack, one tape through Kinesis, and what comes of it. */
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { secretFileOf } from '../../embedded/clickhouse-server/access.ts';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { openTokenIssuer, type EmbeddedTokenIssuer } from '../../embedded/token-issuer.ts';
import { deployPlatform } from '../../scripts/emulator/deploy.ts';
import type { Deployment } from '../../scripts/emulator/deployment.ts';
import { DynamoStateStore } from '../../shared/adapters/aws/dynamo-state-store.ts';
import { parseEnvironment, type Environment } from '../../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../../shared/adapters/aws/kinesis-stream-writer.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { countTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CandleView } from '../../shared/contracts/events.ts';
import { reaches } from '../../shared/contracts/roles.ts';
import { runView } from '../../shared/contracts/backtest-views.ts';
import { healthView } from '../../shared/contracts/health-view.ts';
import { candlePage, priceView } from '../../shared/contracts/market-views.ts';
import { orderPage } from '../../shared/contracts/order-views.ts';
import { portfolioView } from '../../shared/contracts/portfolio-views.ts';
import { quarantinePage } from '../../shared/contracts/quarantine-views.ts';
import { socketTicket } from '../../shared/contracts/socket-messages.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import { topology } from '../../shared/topology.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { ApiClient, openSocket, type SocketClient } from './api-client.ts';
import { expectedCandles } from './expected-candles.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';
import { describeArchivedTrades } from './archived-trades.ts';
import { describeRecordedVenues } from './recorded-venues.ts';
import { writeMovedTape, type MovedTape } from './tape.ts';

const INSTRUMENT = 'binance:BTC-USDT';
/** Times as fast as recorded: a signal's order then meets the tape well within its lifetime of a minute. */
const SPEED = 12;
const SETTLE_MS = 60_000;
const log = createLog(process.stderr, 'error');

let emulator: EmulatorUnderTest;
let clickHouseServer: ClickHouseServer;
let clickHouse: ClickHouseClient;
let issuer: EmbeddedTokenIssuer;
let deployment: Deployment;
let environment: Environment;
let stranger: ApiClient;
let owner: ApiClient;
let tape: MovedTape;

beforeAll(async () => {
  emulator = await openEmulator();
  clickHouseServer = await startClickHouse({ dataDir: join(emulator.folder, 'clickhouse'), log });
  clickHouse = createClickHouse(clickHouseServer.address);
  await migrate(clickHouse);
  issuer = await openTokenIssuer(emulator.folder);
  deployment = await deployPlatform({
    endpoint: emulator.endpoint,
    clickHouse: {
      url: clickHouseServer.url,
      user: clickHouseServer.address.username,
      secretFile: secretFileOf(join(emulator.folder, 'clickhouse')),
    },
    issuer: { issuer: issuer.issuer, audiences: issuer.audiences, keys: await issuer.keys() },
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  environment = parseEnvironment(deployment.variables, []);
  stranger = new ApiClient(deployment.restUrl!, null);
  owner = new ApiClient(
    deployment.restUrl!,
    await issuer.mint({ subject: 'owner', role: 'operator', ttlSeconds: 3600 }),
  );
}, 180_000);

afterAll(async () => {
  await clickHouse.close();
  await clickHouseServer.stop({ fast: true });
  await emulator.close();
}, 60_000);

describe('the REST API', () => {
  it('shows that it lives and its description to everybody', async () => {
    expect(await stranger.get('/v1/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await stranger.get('/openapi.json')).toMatchObject({
      status: 200,
      body: { openapi: expect.stringMatching(/^3\.1/) },
    });
  });

  it('shows nothing else without a token that the issuer has signed', async () => {
    const forged = new ApiClient(
      deployment.restUrl!,
      `${await issuer.mint({ subject: 'owner', role: 'operator', ttlSeconds: 60 })}x`,
    );
    for (const client of [stranger, forged]) {
      const answer = await client.get('/v1/orders');
      expect([401, 403]).toContain(answer.status);
      expect(answer.contentType).toContain('application/problem+json');
    }
    expect(await owner.get('/v1/orders')).toMatchObject({ status: 200, body: { items: [], next: null } });
  });

  it('lets nobody reach any other route without a token, and with one reaches them all', async () => {
    for (const route of topology.routes.filter((each) => !('open' in each))) {
      const path = route.path.replaceAll(/\{\w+\}/g, 'none');
      const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : {};
      const refused = await stranger.ask(route.method, path, body);
      expect({ route, refused: [401, 403].includes(refused.status) }).toEqual({ route, refused: true });
      const { status, body: answer } = await owner.ask(route.method, path, body);
      // The gateway's own 404 says that there is no such route, a function's that there is no such thing.
      const reached =
        status < 500 && ![401, 403].includes(status) && !JSON.stringify(answer).includes('no such route');
      expect({ route, status, reached }).toEqual({ route, status, reached: true });
    }
  });

  it.each(['viewer', 'trader', 'operator'] as const)(
    'lets a token of a %s as far as the map of routes says, and no further',
    async (role) => {
      const token = await issuer.mint({ subject: `a ${role}`, role, ttlSeconds: 600 });
      const client = new ApiClient(deployment.restUrl!, token);
      const expected: string[] = [];
      const stopped: string[] = [];
      for (const route of topology.routes) {
        if ('open' in route) continue;
        const name = `${route.method} ${route.path}`;
        if (!reaches(role, route.role)) expected.push(name);
        const path = route.path.replaceAll(/\{\w+\}/g, 'none');
        const hasNoBody = route.method === 'GET' || route.method === 'DELETE';
        const { status, body } = await client.ask(route.method, path, hasNoBody ? undefined : {});
        if (status === 403) {
          expect(body).toMatchObject({ detail: 'token: it does not allow this' });
          stopped.push(name);
        } else expect({ name, reached: status !== 401 && status < 500 }).toEqual({ name, reached: true });
      }
      expect(stopped).toEqual(expected);
    },
  );

  it('refuses what is no strategy, and creates one that is', async () => {
    const strategy = {
      name: 'ma-crossover',
      params: { fastPeriod: 5, slowPeriod: 20 },
      instrumentId: INSTRUMENT,
      interval: '1s',
      capital: '10000',
      latencyMs: 0,
    };
    const refused = await owner.post('/v1/strategies', { ...strategy, capital: '-1' });
    expect(refused).toMatchObject({
      status: 422,
      contentType: expect.stringContaining('application/problem+json'),
    });
    expect(await owner.post('/v1/strategies', strategy)).toMatchObject({
      status: 201,
      body: { status: 'RUNNING' },
    });
  });
});

describe('a tape fed through Kinesis', () => {
  let socket: SocketClient;
  let expectedTrades: number;

  beforeAll(async () => {
    socket = await subscribe([`prices:${INSTRUMENT}`, `candles:${INSTRUMENT}:1m`, 'orders', 'portfolio']);
    tape = writeMovedTape(join(emulator.folder, 'tape.ndjson.gz'));
    const outcome = await replayCaptures({
      files: [await verifyCapture(tape.path)],
      writer: new KinesisStreamWriter(environment),
      state: new DynamoStateStore(environment),
      // An emulator does not say when it has settled: the tape's own pace leaves it the time.
      gate: { advanceTo: () => undefined, settled: async () => undefined },
      speed: SPEED,
      signal: new AbortController().signal,
      log,
    });
    if (outcome.kind !== 'finished') throw new Error(`the tape is ${outcome.kind}`);
    // One of those that were sent is none.
    expectedTrades = outcome.trades - 1;
  }, 180_000);

  afterAll(async () => socket.close());

  it('stores every trade once', async () => {
    if (tape.kind === 'recorded') expect(expectedTrades).toBe(19_904);
    await within(
      () => countTrades(clickHouse),
      (count) => expect(count).toBe(expectedTrades),
    );
  });

  it('closes the candles that the tape has, to the last digit', async () => {
    const expected = await expectedCandles(tape);
    expect(expected.length).toBeGreaterThan(2);
    await within(storedCandles, (candles) => expect(candles).toEqual(expected));
  });

  it('fills orders, and books the fills', async () => {
    await within(
      () => owner.read('/v1/orders?status=FILLED', orderPage),
      ({ items }) => expect(items.length).toBeGreaterThan(0),
    );
    const { positions, totals } = await owner.read('/v1/portfolio', portfolioView);
    expect(positions[0]!.fills).toBeGreaterThan(0);
    expect(totals).toHaveLength(1);
  });

  it('sets the poisoned trade aside with its cause, and goes on behind it', async () => {
    const { items } = await owner.read('/v1/quarantine', quarantinePage);
    expect(items).toMatchObject([{ functionName: 'store-trades', cause: expect.stringContaining('price') }]);
  });

  it('pushes prices, candles, orders and the portfolio to who subscribed', async () => {
    await within(
      async () => socket.messages.map(({ type }) => type),
      (types) => expect(types).toEqual(expect.arrayContaining(['price', 'candle', 'order', 'portfolio'])),
    );
  });

  it('shows the price and the candles over REST', async () => {
    const latest = (await storedCandles()).at(-1)!;
    expect(await owner.read('/v1/prices/BTC-USDT', priceView)).toMatchObject({ instrumentId: INSTRUMENT });
    const { items } = await owner.read(
      `/v1/candles/BTC-USDT?interval=1m&from=${latest.openTimeMs}`,
      candlePage,
    );
    expect(items[0]).toEqual(latest);
  });

  it('archives what the venue said', async () => {
    const keys = await new S3ObjectStore(environment).list('raw/', { limit: 10 });
    expect(keys[0]).toMatch(/^raw\/binance\/.+\.ndjson\.gz$/);
  });

  it('runs a grid of backtests over the candles by the state machine', async () => {
    const candles = await storedCandles();
    const submitted = await owner.post('/v1/backtests', {
      strategy: 'ma-crossover',
      grid: { fastPeriod: [3, 5], slowPeriod: [10, 20] },
      instrumentId: INSTRUMENT,
      interval: '1s',
      fromMs: candles[0]!.openTimeMs,
      toMs: candles.at(-1)!.openTimeMs + 60_000,
    });
    expect(submitted.status).toBe(202);
    const { runId } = runView.parse(submitted.body);
    const readRun = () => owner.read(`/v1/backtests/${runId}`, runView);
    await within(readRun, (run) => expect(run).toMatchObject({ status: 'SUCCEEDED', combinations: 4 }));
    const { best } = await readRun();
    expect(best).toHaveLength(4);
    expect(best[0]!.trades).toBeGreaterThan(0);
  });
});

describeRecordedVenues(() => ({ environment, clickHouse, owner, folder: emulator.folder }));

describeArchivedTrades(() => ({ environment, clickHouse, deployment }));

describe('after all of it', () => {
  it('nothing lies in a dead-letter queue, and nothing but the poisoned trade was set aside', async () => {
    const { deadLetters } = await owner.read('/v1/status', healthView);
    expect(deadLetters).toEqual({ desks: 0, 'orders-urgent': 0, 'orders-standard': 0 });
    expect((await owner.read('/v1/quarantine', quarantinePage)).items).toHaveLength(1);
  });
});

/** An emulator takes its time: a minute is far more than it needs. */
async function within<T>(read: () => Promise<T>, assert: (value: T) => void): Promise<void> {
  await eventually(read, assert, SETTLE_MS);
}

async function subscribe(channels: readonly string[]): Promise<SocketClient> {
  const { ticket } = socketTicket.parse((await owner.post('/v1/socket-tickets', {})).body);
  const socket = await openSocket(deployment.socketUrl!, ticket);
  socket.send({ action: 'subscribe', channels });
  await within(
    async () => socket.messages,
    (messages) => expect(messages).toContainEqual(expect.objectContaining({ type: 'subscribed' })),
  );
  return socket;
}

async function storedCandles(): Promise<CandleView[]> {
  const stored = await new ClickHouseCandleStore(clickHouse).between(
    INSTRUMENT,
    '1m',
    0,
    Number.MAX_SAFE_INTEGER,
    1000,
  );
  return stored.map(candleViewOf);
}
