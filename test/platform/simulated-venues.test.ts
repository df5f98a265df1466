/** Three simulated venues over real sockets, and the platform that listens to all of them at once. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemTime } from '../../shared/ports/time.ts';
import { openStorage } from '../../embedded/storage.ts';
import type { Totals } from '../../embedded/totals.ts';
import type { HealthView } from '../../shared/contracts/health-view.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf, pairOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { QualityEvent } from '../../shared/domain/market-data/quality-event.ts';
import { serveVenues, type ServedVenues } from '../../simulator/venues/serve-venues.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runMillrace } from './run-millrace.ts';

const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const cwd = temporaryFolder();

let venues: readonly SimulatedVenue[];
let served: ServedVenues;
let running: ChildProcess | null = null;

beforeEach(async () => {
  const shape = { seed: 4, instruments: 3, tradesPerSecond: 10 };
  venues = simulatedVenues({ ...shape, time: systemTime, random: Math.random });
  for (const venue of venues) venue.open();
  served = await serveVenues(venues, 0);
});

afterEach(async () => {
  running?.kill('SIGKILL');
  for (const venue of venues) venue.close();
  await served.close();
});

const environment = (): Record<string, string> =>
  Object.fromEntries(
    [...served.endpoints].flatMap(([exchange, { ws, rest }]) => [
      [`MILLRACE_${exchange.toUpperCase()}_WS`, ws],
      [`MILLRACE_${exchange.toUpperCase()}_REST`, rest],
    ]),
  );

/** A platform that serves. @returns what asks its API, and what ends it. */
async function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [entry, 'start', '--port', '0', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  running = child;
  const lines = createInterface({ input: child.stderr });
  const [, origin, token] = await new Promise<RegExpExecArray>((resolve, reject) => {
    lines.on('line', (line) => {
      const address = /^dashboard: (http\S+?)\/#token=(\S+)$/.exec(line);
      if (address !== null) resolve(address);
    });
    child.once('close', () => reject(new Error('it ended')));
  });
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { ask, end };
}

async function totals(dataDir: string): Promise<Totals> {
  const { stdout } = await runMillrace(['state', '--data-dir', dataDir], { cwd });
  return JSON.parse(stdout) as Totals;
}

const SYMBOLS = ['binance:BTC-USDT', 'binance:ETH-USDT', 'BTC-USD', 'ETH-USD'].map((symbol) =>
  symbol.includes(':') ? [symbol] : [`coinbase:${symbol}`, `kraken:${symbol}`],
);

const listened = (): [SimulatedVenue, InstrumentId][] =>
  venues.flatMap((venue) =>
    venue.listings
      .slice(0, 2)
      .map(({ instrumentId }): [SimulatedVenue, InstrumentId] => [venue, instrumentId]),
  );

function printedIds(instrumentId: InstrumentId): string[] {
  const { record } = venues.find(({ exchange }) => exchange === exchangeOf(instrumentId))!;
  return record.tradesOf(instrumentId).map(({ id }) => String(id));
}

const newestPrinted = (): string[] => listened().map(([, instrumentId]) => printedIds(instrumentId).at(-1)!);

/** Of the newest trade in the candles of each instrument; null: it has none. */
async function newestIds({ ask }: { ask: (path: string) => Promise<unknown> }): Promise<(string | null)[]> {
  return Promise.all(
    listened().map(async ([{ exchange }, instrumentId]) => {
      const path = `/v1/candles/${pairOf(instrumentId)}?exchange=${exchange}&interval=1s&limit=2`;
      const { items } = (await ask(path)) as { items?: readonly { lastTradeId: string }[] };
      return items?.at(-1)?.lastTradeId ?? null;
    }),
  );
}

async function storedIds(dataDir: string): Promise<[InstrumentId, string[]][]> {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    return await Promise.all(
      listened().map(async ([, instrumentId]): Promise<[InstrumentId, string[]]> => {
        const trades = await storage.trades.between(instrumentId, 0, Infinity, 10_000);
        return [instrumentId, trades.map(({ tradeId }) => String(tradeId))];
      }),
    );
  } finally {
    await storage.close();
  }
}

/** A bound on what hangs, not on what is slow: machines are shared. */
const PATIENCE_MS = 60_000;

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(100);
  }
}

describe('a platform that listens to three venues', () => {
  it('has every trade of each once, a health entry for each, and goes on where it was', async () => {
    const args = ['--live', 'binance,coinbase,kraken', '--symbols', SYMBOLS.flat().join(',')];
    const platform = await start([...args, '--data-dir', 'three'], environment());
    await until(async () => (await newestIds(platform)).every((id) => id !== null), 'it has heard of each');
    for (const venue of venues)
      venue.faults.add({ kind: 'disconnect', fromMs: Date.now(), untilMs: Date.now() + 700 });
    const status = async (): Promise<HealthView> => (await platform.ask('/v1/status')) as HealthView;
    await until(
      async () => (await status()).venues.every(({ connectionsLost }) => connectionsLost > 0),
      'every connection was lost',
    );
    // Each book is listened to again, and is whole or says since when it is not.
    await until(
      async () =>
        (await status()).venues.every(({ books }) => books !== null && books.whole + books.broken.length > 0),
      'every book is listened to again',
    );
    const { venues: heard, market } = await status();
    expect(market).toBe('simulated');
    expect(heard.map(({ venue }) => venue)).toEqual(EXCHANGES);
    await platform.end();
    await sleep(1000);
    const again = await start([...args, '--data-dir', 'three'], environment());
    await until(async () => venues.every(({ connections }) => connections > 0), 'it listens again');
    await sleep(1000);
    for (const venue of venues) venue.close();
    await until(
      async () => (await newestIds(again)).join() === newestPrinted().join(),
      'it has the last trade of each',
    );
    await again.end();
    expect(await totals('three')).toMatchObject({ market: 'simulated', quarantined: 0 });
    for (const [instrumentId, ids] of await storedIds(join(cwd, 'three'))) {
      const printed = printedIds(instrumentId);
      expect(ids.length).toBeGreaterThan(0);
      // What was printed before anybody listened is another's.
      expect([instrumentId, ids]).toEqual([instrumentId, printed.slice(-ids.length)]);
    }
  }, 240_000);

  it('says which of them drifts away from the others, and of none beside it', async () => {
    const args = ['--live', 'binance,coinbase,kraken', '--symbols', SYMBOLS.flat().join(',')];
    const platform = await start([...args, '--data-dir', 'drifting'], environment());
    while (venues.some(({ connections }) => connections === 0)) await sleep(50);
    await sleep(2000);
    const kraken = venues.find(({ exchange }) => exchange === 'kraken')!;
    kraken.faults.add({ kind: 'drift', fromMs: Date.now(), untilMs: Date.now() + 30_000 });
    const said = async (): Promise<readonly QualityEvent[]> =>
      ((await platform.ask('/v1/quality?flag=venues-disagree')) as { items: QualityEvent[] }).items;
    const until = Date.now() + 30_000;
    while ((await said()).length < 6 && Date.now() < until) await sleep(200);
    const instruments = new Set(
      (await said()).map(({ instrumentId, subject }) => `${subject} ${instrumentId}`),
    );
    expect([...instruments].sort()).toEqual(['price kraken:BTC-USD', 'price kraken:ETH-USD']);
    await platform.end();
  }, 120_000);

  it('is told in one line what does not fit together', async () => {
    const live = async (exchanges: string, symbols: string, env: Record<string, string> = environment()) =>
      runMillrace(['start', '--live', exchanges, '--symbols', symbols, '--data-dir', 'none'], { cwd, env });
    expect(await live('binance', 'kraken:BTC-USD')).toMatchObject({
      code: 2,
      stderr:
        'millrace: --symbols: "kraken:BTC-USD" is of none of the exchanges, expected one of --live binance\n',
    });
    expect(await live('binance,kraken', 'binance:BTC-USDT')).toMatchObject({
      code: 2,
      stderr: 'millrace: --symbols: none is of kraken, expected one such as kraken:BTC-USD\n',
    });
    expect((await live('binance,coinbase', 'BTC-USDT')).stderr).toMatch(
      /--symbols: "BTC-USDT" is not listed by coinbase, expected a pair of its catalogue/,
    );
    const { MILLRACE_KRAKEN_WS: ws, MILLRACE_KRAKEN_REST: rest } = environment();
    const both = await live('coinbase,kraken', 'BTC-USD', {
      MILLRACE_KRAKEN_WS: ws!,
      MILLRACE_KRAKEN_REST: rest!,
    });
    expect(both.stderr).toMatch(
      /--live: coinbase is of the real market and kraken of the simulated one: expected exchanges of one market/,
    );
  }, 60_000);
});

describe('millrace start with nothing to listen to', () => {
  it('listens to three simulated venues through their adapters, and after a pause has what was traded meanwhile', async () => {
    const args = ['--data-dir', 'simulated', '--instruments', '2'];
    for (const forMs of [4000, 4000]) {
      const platform = await start(args);
      await sleep(forMs);
      const { venues: heard } = (await platform.ask('/v1/status')) as HealthView;
      expect(heard.map(({ venue }) => venue)).toEqual(EXCHANGES);
      await platform.end();
      await sleep(1500);
    }
    const { market, trades, quarantined } = await totals('simulated');
    expect([market, quarantined]).toEqual(['simulated', 0]);
    // Eight a second of each of six, over both runs and the pause between them.
    expect(trades).toBeGreaterThan(8 * 6 * 9);
  }, 60_000);
});

describe('millrace simulate', () => {
  it('prints where its venues are, and what a start takes to listen to them', async () => {
    const child = spawn(process.execPath, [entry, 'simulate', '--port', '0', '--instruments', '2'], { cwd });
    running = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [line] = await new Promise<string[]>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString().split('\n'))),
    );
    const places = JSON.parse(line!) as Record<string, { ws: string; rest: string }>;
    expect(Object.keys(places)).toEqual(EXCHANGES);
    const time = await fetch(`${places['kraken']!.rest}/0/public/Time`);
    expect(await time.json()).toMatchObject({ error: [] });
    while (!said.includes('MILLRACE_COINBASE_REST=')) await sleep(10);
    expect(said).toContain(`MILLRACE_BINANCE_WS=${places['binance']!.ws}`);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 30_000);
});
