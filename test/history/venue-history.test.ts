/** `millrace history` from a venue's REST interface, as simulated venues serve it. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openStorage } from '../../embedded/storage.ts';
import { INTERVALS, intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { fixed } from '../../simulator/market/listing.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { foldedPlainly, sumsOf, type Sums } from '../support/folded-plainly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { serveRest, type ServedRest, type ServedRestOptions } from '../support/venue-rest.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Some seconds into a minute: the last one is under way. */
const NOW_MS = Date.UTC(2026, 0, 5, 12) + 30_000;
const FROM_MS = NOW_MS - 30_000 - HOUR_MS;
const PAIRS: Readonly<Record<Exchange, string>> = {
  binance: 'binance:BTC-USDT',
  coinbase: 'coinbase:BTC-USD',
  kraken: 'kraken:BTC-USD',
};
const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const folder = temporaryFolder();
let folders = 0;
let served: ServedRest | null = null;

afterEach(async () => {
  await served?.close();
  served = null;
});

const newFolder = (): string => join(folder, `data-${folders++}`);

async function serve(exchange: Exchange, options: Partial<ServedRestOptions> = {}): Promise<ServedRest> {
  const shape = { nowMs: () => NOW_MS, historyMs: 1.5 * HOUR_MS, tradesPerSecond: 1 };
  return (served = await serveRest({ exchange, ...shape, ...options }));
}

interface Told {
  readonly rows: number;
  readonly pages: number;
  readonly pagesKept: number;
  readonly tradesStored?: number;
  readonly written: Partial<Record<Interval, number>>;
  readonly disagreements?: { readonly count: number };
  readonly findings: {
    readonly doubled: number;
    readonly quiet: number;
    readonly missing: { readonly count: number; readonly stretches: readonly object[] };
    readonly setAside: readonly { readonly cause: string; readonly count: number }[];
  };
}

function argumentsOf(rest: ServedRest, dataDir: string, args: readonly string[]): string[] {
  const where = ['--endpoint', rest.url, '--data-dir', dataDir];
  const from = args.includes('--from') ? [] : ['--from', String(FROM_MS)];
  return ['history', PAIRS[rest.venue.exchange], ...from, ...where, ...args];
}

async function history(rest: ServedRest, dataDir: string, ...args: string[]) {
  const { code, stdout, stderr } = await runMillrace(argumentsOf(rest, dataDir, args));
  const told = stdout === '' ? null : (JSON.parse(stdout) as Told);
  return { code, stderr, told: told! };
}

/** What the venue itself knows, from a time on. */
function printed({ venue }: ServedRest, fromMs = FROM_MS): Trade[] {
  const [{ instrumentId, priceDecimals, quantityDecimals }] = venue.listings as [(typeof venue.listings)[0]];
  return venue.record
    .between(instrumentId, fromMs, NOW_MS - 10_000)
    .map(({ id, priceTicks, quantitySteps, timeMs, isBuy }) => ({
      instrumentId,
      tradeId: id,
      price: decimal(trimmed(fixed(priceTicks, priceDecimals))),
      quantity: decimal(trimmed(fixed(quantitySteps, quantityDecimals))),
      takerSide: isBuy ? 'BUY' : 'SELL',
      timeMs,
    }));
}

const trimmed = (text: string): string => text.replace(/\.?0+$/, '');

interface Stored {
  readonly trades: readonly Trade[];
  readonly candles: ReadonlyMap<Interval, readonly Sums[]>;
}

async function stored(dataDir: string, instrumentId: string): Promise<Stored> {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    const candles = new Map<Interval, readonly Sums[]>();
    for (const interval of INTERVALS) {
      const found = await storage.candles.between(instrumentId, interval, 0, Infinity, 10_000);
      candles.set(interval, found.map(sumsOf));
    }
    return { trades: await storage.trades.between(instrumentId, 0, Infinity, 10_000), candles };
  } finally {
    await storage.close();
  }
}

function closed(trades: readonly Trade[], interval: Interval, endMs: number): Sums[] {
  return foldedPlainly(trades, interval).filter(
    ({ openTimeMs }) => openTimeMs + intervalMs(interval) <= endMs,
  );
}

const told = ({ openTimeMs, open, high, low, close, volume }: Sums) => {
  return { openTimeMs, open, high, low, close, volume };
};

describe.each(['binance', 'coinbase', 'kraken'] as const)('the past of %s', (exchange) => {
  const instrumentId = PAIRS[exchange];

  it('comes as candles: those that are over, the longer ones made of them, and nothing when they come again', async () => {
    const rest = await serve(exchange);
    const dataDir = newFolder();
    const first = await history(rest, dataDir);
    expect(first).toMatchObject({ code: 0, told: { rows: 60, pagesKept: 0, disagreements: { count: 0 } } });
    expect(first.told.findings).toMatchObject({ doubled: 0, setAside: [], missing: { count: 0 } });
    const { candles } = await stored(dataDir, instrumentId);
    for (const interval of ['1m', '5m', '15m', '1h'] as const)
      expect([interval, candles.get(interval)!.map(told)]).toEqual([
        interval,
        closed(printed(rest), interval, NOW_MS - 30_000).map(told),
      ]);
    expect(candles.get('1s')).toEqual([]);
    expect((await history(rest, dataDir)).told).toMatchObject({ written: {}, disagreements: { count: 0 } });
    // What was fetched is in the store, and nowhere else.
    expect(readdirSync(join(dataDir, 'history'))).toEqual([]);
  }, 60_000);

  it('comes as trades: each once, with the candles of every interval of them', async () => {
    const rest = await serve(exchange);
    const dataDir = newFolder();
    const expected = printed(rest);
    const first = await history(rest, dataDir, '--trades');
    expect(first).toMatchObject({ code: 0, told: { rows: expected.length, tradesStored: expected.length } });
    expect(first.told.findings).toMatchObject({ doubled: 0, setAside: [], missing: { count: 0 } });
    const { trades, candles } = await stored(dataDir, instrumentId);
    expect(trades).toEqual(expected);
    for (const interval of INTERVALS)
      expect(candles.get(interval)).toEqual(closed(expected, interval, NOW_MS - 10_000));
    expect((await runMillrace(['reconcile', '--data-dir', dataDir])).code).toBe(0);
  }, 90_000);
});

/** Runs until the venue has been asked so often, and is told to end. */
async function interrupted(rest: ServedRest, dataDir: string, questions: number, signal: NodeJS.Signals) {
  const args = [entry, ...argumentsOf(rest, dataDir, ['--trades'])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const before = rest.asked.length;
  while (rest.asked.length < before + questions && child.exitCode === null) await sleep(10);
  child.kill(signal);
  return { code: await ended, stderr };
}

describe('a run that is interrupted', () => {
  it('has stored nothing, and the same command goes on behind the last page, however often', async () => {
    const rest = await serve('binance', { tradesPerSecond: 2.5 });
    const expected = printed(rest);
    const dataDir = newFolder();
    rest.meddler = (_, reply) => ({ reply, afterMs: 150 });
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL', 'SIGTERM'] as const) {
      const { code, stderr } = await interrupted(rest, dataDir, 2, signal);
      expect(code).toBe(signal === 'SIGKILL' ? null : 130);
      if (signal !== 'SIGKILL') expect(stderr).toMatch(/nothing was stored; \d+ pages are kept/);
    }
    const before = rest.asked.length;
    const { code, told: last, stderr } = await history(rest, dataDir, '--trades');
    expect(code).toBe(0);
    expect(stderr).toMatch(/an interrupted run has left \d+ pages: going on behind them/);
    expect(last.pagesKept).toBeGreaterThanOrEqual(4);
    expect(rest.asked.length - before).toBe(last.pages - last.pagesKept);
    expect((await stored(dataDir, PAIRS.binance)).trades).toEqual(expected);
    // Whoever asks again finds all of it there.
    expect((await history(rest, dataDir, '--trades')).told).toMatchObject({ tradesStored: 0, written: {} });
  }, 90_000);

  it('goes on towards a later end, too: the last page is asked for once more', async () => {
    let nowMs = NOW_MS - HOUR_MS / 2;
    const rest = await serve('coinbase', { nowMs: () => NOW_MS });
    const dataDir = newFolder();
    rest.meddler = (target, reply) =>
      target.includes('/time') ? { ...reply, body: { epochMillis: String(nowMs) } } : reply;
    await interrupted(rest, dataDir, 3, 'SIGINT');
    nowMs = NOW_MS;
    expect(await history(rest, dataDir, '--trades')).toMatchObject({ code: 0 });
    expect((await stored(dataDir, PAIRS.coinbase)).trades).toEqual(printed(rest));
  }, 60_000);
});

const SLOW_DOWN = { status: 429, body: { code: -1003, msg: 'Too many requests.' } };

describe('a venue that is busy', () => {
  it('is left alone for as long as it says, and then asked on', async () => {
    const rest = await serve('binance');
    rest.meddler = (_, reply, asked) => (asked === 2 ? { ...SLOW_DOWN, retryAfter: 2 } : reply);
    const { code, stderr, told: all } = await history(rest, newFolder(), '--trades');
    expect({ code, rows: all.rows }).toEqual({ code: 0, rows: printed(rest).length });
    expect(stderr).toContain('binance is asked again in 2 s: HTTP 429');
    expect(rest.asked[2]!.atMs - rest.asked[1]!.atMs).toBeGreaterThanOrEqual(2000);
  }, 60_000);

  it('that bans for longer than anybody waits ends the run in one line; what was fetched is kept', async () => {
    const rest = await serve('binance');
    const dataDir = newFolder();
    rest.meddler = (_, reply, asked) =>
      asked === 3 ? { ...SLOW_DOWN, status: 418, retryAfter: 7200 } : reply;
    const { code, stderr } = await history(rest, dataDir, '--trades');
    expect(code).toBe(1);
    expect(stderr).toMatch(/nothing was stored; 2 pages are kept, and the same command goes on behind them/);
    expect(stderr).toMatch(/binance: HTTP 418.*\(to wait 7200 s\)/);
    expect(rest.asked).toHaveLength(3);
    rest.meddler = null;
    expect((await history(rest, dataDir, '--trades')).told).toMatchObject({ pagesKept: 2 });
    expect((await stored(dataDir, PAIRS.binance)).trades).toEqual(printed(rest));
  }, 60_000);

  it.each([
    ['says so in an answer like any other', '{"error":["EAPI:Rate limit exceeded"]}'],
    ['has somebody before it who answers with a page for people', '<html>502 Bad Gateway</html>'],
  ])(
    'and %s is asked again',
    async (_, text) => {
      const rest = await serve('kraken');
      rest.meddler = (__, reply, asked) => (asked === 1 ? { text } : reply);
      const { code, stderr, told: all } = await history(rest, newFolder());
      expect({ code, rows: all.rows }).toEqual({ code: 0, rows: 60 });
      expect(stderr).toMatch(/kraken is asked again in 1 s: /);
    },
    60_000,
  );
});

describe('answers that are not what was asked for', () => {
  it('with candles of the page before: each counts once, and that they came is told', async () => {
    const rest = await serve('coinbase', { historyMs: 8 * HOUR_MS });
    const fromMs = FROM_MS - 6 * HOUR_MS;
    rest.meddler = (target, reply, asked) => {
      if (asked !== 2) return reply;
      const earlier = target.replace(/start=(\d+)/, (__, start: string) => `start=${Number(start) - 300}`);
      return rest.venue.answer(earlier);
    };
    const dataDir = newFolder();
    const { code, told: all } = await history(rest, dataDir, '--from', String(fromMs));
    expect(code).toBe(0);
    expect(all.findings.setAside).toMatchObject([
      { cause: 'open_time: expected one of the page that was asked for', count: 5 },
    ]);
    const { candles } = await stored(dataDir, PAIRS.coinbase);
    const expected = foldedPlainly(printed(rest, fromMs), '1m');
    expect(candles.get('1m')!.map(told)).toEqual(expected.slice(0, 420).map(told));
  }, 60_000);

  it('with a hole: it is named', async () => {
    const rest = await serve('binance');
    rest.meddler = (target, reply) =>
      target.includes('klines') ? { ...reply, body: (reply.body as unknown[]).toSpliced(40, 3) } : reply;
    const dataDir = newFolder();
    const { told: all } = await history(rest, dataDir);
    const from = FROM_MS + 40 * MINUTE_MS;
    expect(all.findings.missing).toEqual({ count: 3, stretches: [{ from, to: from + 2 * MINUTE_MS }] });
    expect((await stored(dataDir, PAIRS.binance)).candles.get('1m')).toHaveLength(57);
  }, 60_000);

  it('with trades left out: their ids are named', async () => {
    const rest = await serve('binance');
    rest.meddler = (_, reply, asked) =>
      asked === 2 ? { ...reply, body: (reply.body as unknown[]).toSpliced(100, 5) } : reply;
    const { told: all } = await history(rest, newFolder(), '--trades');
    const { tradeId } = printed(rest)[100]!;
    expect(all.findings.missing).toEqual({ count: 5, stretches: [{ from: tradeId, to: tradeId + 4 }] });
  }, 60_000);
});

describe('what a venue cannot tell is refused in one line before anything is written', () => {
  it.each<[exchange: Exchange, args: string[], line: RegExp]>([
    [
      'kraken',
      ['--from', String(NOW_MS - 13 * HOUR_MS)],
      /^--from: kraken tells of its newest 720 candles of 1m alone, those from 2026-01-05T00:01:00Z on; --trades/,
    ],
    [
      'kraken',
      ['--interval', '1s'],
      /^--interval: kraken has no candles of 1s, expected one of 1m, 5m, 15m, 1h, 4h, 1d, or --trades/,
    ],
    ['coinbase', ['--interval', '4h'], /^--interval: coinbase has no candles of 4h/],
    // Our own clock is far ahead of the venue's.
    [
      'binance',
      ['--to', String(NOW_MS + 1000)],
      /^--to: 2026-01-05T12:00:31Z is still to come, by the clock of binance it is 2026-01-05T12:00:30Z/,
    ],
    ['binance', ['--interval', '1d'], /^--from: no candle of 1d that is over lies between/],
    ['binance', ['--interval', '1m', '--trades'], /^--interval: expected without --trades/],
    ['binance', ['--file', entry], /^--file: expected a file or binance:BTC-USDT, not both/],
  ])(
    '%s, asked %j',
    async (exchange, args, line) => {
      const rest = await serve(exchange);
      const dataDir = newFolder();
      const { code, stderr } = await history(rest, dataDir, ...args);
      expect({ code, lines: stderr.trim().split('\n') }).toEqual({
        code: 2,
        lines: [expect.stringMatching(new RegExp(line.source.replace('^', '^millrace: ')))],
      });
      expect(existsSync(dataDir)).toBe(false);
      expect(rest.asked).toEqual([]);
    },
    30_000,
  );

  it('a pair that it does not list', async () => {
    const rest = await serve('binance');
    const args = ['history', 'binance:BTC-USDX', '--from', '2026-01-01', '--endpoint', rest.url];
    const { code, stderr } = await runMillrace([...args, '--data-dir', newFolder()]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('"binance:BTC-USDX" is not listed by binance'),
    });
  }, 30_000);

  it('history of a simulated market, for a folder of the real one', async () => {
    const rest = await serve('binance');
    const dataDir = newFolder();
    const storage = await openStorage(dataDir, { market: 'real' });
    await storage.close();
    const { code, stderr } = await history(rest, dataDir);
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 2,
      lines: [expect.stringMatching(/real.*simulated|simulated.*real/)],
    });
    expect(rest.asked).toEqual([]);
  }, 30_000);
});
