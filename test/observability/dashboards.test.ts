/** Prometheus and Grafana's dashboards against a platform that listens to a venue. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dashboardFiles } from '../../scripts/dashboards/dashboards.ts';
import { CLICKHOUSE, PROMETHEUS } from '../../scripts/dashboards/data-sources.ts';
import { writeObserverSettings } from '../../scripts/observe/settings.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tradeInRealTime } from '../support/trade-in-real-time.ts';
import {
  isPrometheusInstalled,
  promtool,
  startPrometheus,
  type RunningPrometheus,
} from './running-prometheus.ts';

const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const observability = fileURLToPath(new URL('../../observability/', import.meta.url));
const market = new SyntheticMarket({ seed: 3, instruments: 2, tradesPerSecond: 20 });
const dataDir = join(temporaryFolder(), 'live');
const folder = temporaryFolder();

interface Target {
  readonly panel: string;
  readonly source: { readonly type?: string; readonly uid?: string };
  readonly rawSql?: string;
  readonly expr?: string;
}

const targets: readonly Target[] = dashboardFiles().flatMap(({ dashboard }) =>
  (dashboard.panels ?? []).flatMap((panel) =>
    'targets' in panel
      ? (panel.targets ?? []).map((target) => ({
          panel: panel.title ?? '',
          source: panel.datasource ?? {},
          ...(target as { rawSql?: string; expr?: string }),
        }))
      : [],
  ),
);
const ofClickHouse = targets.filter(({ source }) => source.type === CLICKHOUSE.type);
const ofPrometheus = targets.filter(({ source }) => source.type === PROMETHEUS.type);

let venue: BinanceVenue;
let platform: ChildProcess;
let origin = '';
let settings: Readonly<Record<string, string>>;
let endTrading: () => void;

beforeAll(async () => {
  venue = await BinanceVenue.open();
  const symbols = market.instrumentIds.map((id) => id.split(':')[1]).join(',');
  const args = ['start', '--live', 'binance', '--symbols', symbols, '--port', '0', '--data-dir', dataDir];
  const strategy = ['--strategy', 'ma-crossover', '--params', '{"fastPeriod":2,"slowPeriod":3}'];
  const { ws, rest } = venue.endpoints;
  platform = spawn(process.execPath, [entry, ...args, ...strategy, '--strategy-interval', '1s'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MILLRACE_BINANCE_WS: ws, MILLRACE_BINANCE_REST: rest },
  });
  let said = '';
  platform.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (venue.listeners === 0 || !said.includes('dashboard: ')) await sleep(20);
  origin = /dashboard: (\S+?)\/#/.exec(said)![1]!;
  endTrading = tradeInRealTime(venue, market, new Set());
  await writeObserverSettings(dataDir, folder);
  settings = Object.fromEntries(
    readFileSync(join(folder, '.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  await sleep(6000);
}, 90_000);

afterAll(async () => {
  endTrading();
  platform.kill('SIGKILL');
  await venue.close();
});

/** As Grafana's plugin replaces its macros and variables, for the last minute in steps of a second. */
function asSent(rawSql: string): string {
  const [fromMs, toMs] = [Date.now() - 60_000, Date.now() + 1000];
  const between = (column: string): string =>
    `${column} >= fromUnixTimestamp64Milli(${fromMs}) AND ${column} <= fromUnixTimestamp64Milli(${toMs})`;
  return rawSql
    .replaceAll(/\$__timeFilter_ms\((\w+)\)/g, (_, column: string) => between(column))
    .replaceAll(
      /\$__timeInterval\((\w+)\)/g,
      (_, column: string) => `toStartOfInterval(toDateTime(${column}), INTERVAL 1 second)`,
    )
    .replaceAll('$__interval_s', '1')
    .replaceAll('${instrument:sqlstring}', `'${market.instrumentIds[0]}'`)
    .replaceAll('${interval:sqlstring}', "'1s'");
}

/** As Grafana's plugin does over HTTP. */
async function askClickHouse(query: string): Promise<readonly Record<string, unknown>[]> {
  const { CLICKHOUSE_HOST, CLICKHOUSE_PORT, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = settings;
  const login = Buffer.from(`${CLICKHOUSE_USER}:${CLICKHOUSE_PASSWORD}`).toString('base64');
  const response = await fetch(`http://${CLICKHOUSE_HOST}:${CLICKHOUSE_PORT}/?default_format=JSON`, {
    method: 'POST',
    headers: { authorization: `Basic ${login}` },
    body: query,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return (JSON.parse(text) as { data: Record<string, unknown>[] }).data;
}

describe('the dashboards', () => {
  it('are what the code says; npm run docs:dashboards writes them anew', () => {
    for (const { path, text } of dashboardFiles()) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('ask the sources that are provisioned, and each panel asks something', () => {
    const provisioned = readFileSync(
      join(observability, 'grafana/provisioning/datasources/millrace.yml'),
      'utf8',
    );
    for (const { uid, type } of [CLICKHOUSE, PROMETHEUS]) {
      expect(provisioned).toContain(`uid: ${uid}\n`);
      expect(provisioned).toContain(`type: ${type}\n`);
    }
    expect(ofClickHouse.length + ofPrometheus.length).toBe(targets.length);
    for (const { dashboard } of dashboardFiles())
      for (const panel of dashboard.panels ?? [])
        if (panel.type !== 'row')
          expect({ panel: panel.title, asks: 'targets' in panel }).toMatchObject({ asks: true });
  });

  it.each(ofClickHouse)('have an answer of ClickHouse for $panel', async ({ panel, rawSql = '' }) => {
    const rows = await askClickHouse(asSent(rawSql));
    // Nothing is said against a market that is whole; the question is answered all the same.
    expect(rows.length).toBeGreaterThan(panel === 'Said against data by venue' ? -1 : 0);
    expect(asSent(rawSql)).not.toContain('$');
  });

  it('have candles whose prices and volume are numbers', async () => {
    const { rawSql = '' } = ofClickHouse.find(({ panel }) => panel === 'Price')!;
    const [row] = await askClickHouse(asSent(rawSql));
    expect(Object.keys(row!)).toEqual(['time', 'open', 'high', 'low', 'close', 'volume']);
    for (const name of ['open', 'high', 'low', 'close', 'volume'])
      expect(row![name]).toEqual(expect.any(Number));
  });

  it('are given secrets that no other user can read', () => {
    for (const name of ['.env', 'token']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });
});

const describeWithPrometheus = isPrometheusInstalled() ? describe : describe.skip;

/** Jest shows what it skips by the name. */
describeWithPrometheus('Prometheus (where Debian’s package is installed)', () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus(folder, new URL(origin).host);
    // A collector tells of its venue every 15 s, and a rate needs two of what it tells.
    await sleep(35_000);
  }, 90_000);
  afterAll(async () => prometheus.close());

  it('takes the configuration that is delivered', () => {
    expect(promtool(['check', 'config', '--syntax-only', join(observability, 'prometheus.yml')])).toBeNull();
  });

  it('finds nothing wrong with the metrics and their names', async () => {
    const token = readFileSync(join(folder, 'token'), 'utf8');
    const response = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(promtool(['check', 'metrics'], await response.text())).toBeNull();
    expect((await fetch(`${origin}/metrics`)).status).toBe(401);
  });

  it('scrapes a running platform with a token from a file', async () => {
    const { data } = await prometheus.queryRange('up{job="millrace"} == 1');
    expect(data?.result).toHaveLength(1);
  });

  /** What is not there until it happens: a panel says then that there is none. */
  const RARE =
    /trades_(fetched|missing|repeated)|quarantined|records_fenced|candles_revised|orders_denied|errors_total/;

  it.each(ofPrometheus)('has an answer for $panel: $expr', async ({ expr = '' }) => {
    const { status, error, data } = await prometheus.queryRange(expr);
    expect({ status, error }).toEqual({ status: 'success' });
    if (!RARE.test(expr)) expect(data!.result.length).toBeGreaterThan(0);
  });
});
