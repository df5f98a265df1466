/** Bars over recorded tapes and published trades: what a plain fold of all trades makes, however the input came. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { command } from '../../bin/commands/bars.ts';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import { openStorage } from '../../embedded/storage.ts';
import { createHandler as readMarket } from '../../lambdas/api/read-market/handler.ts';
import { barViewOf } from '../../shared/contracts/bar-views.ts';
import { parseBarRule } from '../../shared/domain/candles/bar-rule.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { writeCapture } from '../platform/write-capture.ts';
import { barsPlainly } from '../support/bars-plainly.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { restClient } from '../support/rest-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { publishedTrades } from './published-trades.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const BINANCE = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;
const COINBASE = `${dataFolder}captures/coinbase-advanced-btc-eth-2026-08-09-first.ndjson.gz`;
const KRAKEN = `${dataFolder}captures/kraken-v2-ten-pairs-2021-04-17.ndjson.gz`;
const TINY = 'dollar:0.000000000001';
const RULES = ['tick:100', 'volume:2.5', 'dollar:1000000', 'volume:1000000000'];
const CASES: readonly (readonly [by: string, capture: string])[] = [
  ...[...RULES, 'tick:1'].map((by) => [by, BINANCE] as const),
  ...[TINY, 'tick:2'].flatMap((by) => [COINBASE, KRAKEN].map((capture) => [by, capture] as const)),
];

const folder = temporaryFolder();

async function printed(values: Readonly<Record<string, unknown>>, by: string) {
  let result: unknown;
  const told: string[] = [];
  const io = {
    print: (given: unknown) => void (result = given),
    tell: (line: string) => void told.push(line),
    signal: new AbortController().signal,
  };
  const given = { capture: null, file: [], instrument: null, ...values, by: parseBarRule(by) };
  expect(await command.run(given, io)).toBe(0);
  return { bars: result as readonly unknown[], told: told.join('\n') };
}

const tapes = new Map<string, readonly Trade[]>();

async function tradesOf(capture: string): Promise<readonly Trade[]> {
  const known = tapes.get(capture);
  if (known !== undefined) return known;
  const trades: Trade[] = [];
  tapes.set(capture, trades);
  for await (const steps of tapeOfCapture(capture))
    for (const step of steps) if (step.kind === 'trade') trades.push(step.trade);
  return trades;
}

/** By instrument, as the command prints them. */
function expected(trades: readonly Trade[], by: string) {
  const rule = parseBarRule(by)!;
  const instruments = [...Map.groupBy(trades, ({ instrumentId }) => instrumentId)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return instruments.flatMap(([, own]) => barsPlainly(own, rule).map((bar) => barViewOf(bar, rule)));
}

function publish(name: string, trades: readonly Trade[]): string {
  const rows = trades.map(({ tradeId, price, quantity, timeMs, takerSide }) => {
    const [priceText, quantityText] = [formatDecimal(price), formatDecimal(quantity)];
    return [tradeId, priceText, quantityText, '0', timeMs, takerSide === 'SELL', true].join(',');
  });
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''));
  return path;
}

/** By a fixed rule, so that a failure is seen again. */
function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value, n) => [(n * 7919) % 4099, value] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}

describeConformance('bars of a capture', () => {
  it.each(CASES)('by %s are what a plain fold makes of %s', async (by, capture) => {
    const trades = await tradesOf(capture);
    expect(trades.length).toBeGreaterThan(9);
    const { bars } = await printed({ capture }, by);
    expect(bars).toEqual(expected(trades, by));
  });

  it('are printed by the command, with the account of what was read', async () => {
    const { code, stdout, stderr } = await runMillrace(['bars', '--capture', BINANCE, '--by', 'volume:2.5']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expected(await tradesOf(BINANCE), 'volume:2.5'));
    expect(stderr).toContain('99574 messages, 19904 trades');
  });

  it('know their numbers from midnight on, when the recording had begun before', async () => {
    const bars = (await printed({ capture: BINANCE }, 'volume:100')).bars as readonly {
      dayMs: number;
      complete: boolean;
      closed: boolean;
    }[];
    const midnight = Date.UTC(2024, 7, 9);
    expect(new Set(bars.map(({ dayMs }) => dayMs))).toEqual(new Set([midnight - 86_400_000, midnight]));
    for (const { dayMs, closed, complete } of bars) expect(complete).toBe(closed && dayMs === midnight);
  });

  it.each(['tick:100', 'volume:2.5'])(
    'by %s are the same where each message came twice, or all came again',
    async (by) => {
      const lines = gunzipSync(readFileSync(BINANCE)).toString('utf8').trimEnd().split('\n').slice(0, 20_000);
      const [once, twice, again] = ['once', 'twice', 'again'].map((name) =>
        join(folder, `${name}.ndjson.gz`),
      );
      writeCapture(once!, lines);
      writeCapture(
        twice!,
        lines.flatMap((line) => [line, line]),
      );
      writeCapture(again!, [...lines, ...lines.slice(10_000)]);
      const { bars } = await printed({ capture: once }, by);
      for (const capture of [twice, again]) {
        const doubled = await printed({ capture }, by);
        expect(doubled.bars).toEqual(bars);
        expect(doubled.told).toMatch(/note: \d+ trades came again, and count once/);
      }
    },
  );
});

describeConformance('bars of the stored trades', () => {
  /** A part of the recorded tape; one that begins out of its order; one whose ids begin anew. */
  const tapes = ['binance', '04-starts-out-of-order', '05-trade-ids-restart'];

  it.each(tapes)(
    'of %s, replayed, are over REST those that the command prints',
    async (name) => {
      const path = name === 'binance' ? BINANCE : `${dataFolder}cases/${name}.ndjson.gz`;
      const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(-10_000);
      const capture = join(folder, `${name}.ndjson.gz`);
      writeCapture(capture, lines);
      const dataDir = join(folder, name);
      const args = ['start', '--replay', capture, '--speed', 'max', '--once', '--data-dir', dataDir];
      expect((await runMillrace(args)).code).toBe(0);
      const storage = await openStorage(dataDir, { mustExist: true });
      try {
        const { trades, candles, quotes, quality } = storage;
        const call = restClient(readMarket({ trades, candles, quotes, quality, state: openMemoryState() }));
        for (const by of ['tick:3', 'volume:2.5', 'dollar:1000000', 'volume:1000000000']) {
          const query = { bars: by, limit: '5000' };
          const { body } = await call('GET /v1/bars/{pair}', { path: { pair: 'BTC-USDT' }, query });
          const { bars } = await printed({ capture }, by);
          expect(body.items).toEqual(bars.slice(-5000));
          const flags = body.items.map((bar) => bar.flags ?? []);
          expect(flags.flat()).toEqual(name === '05-trade-ids-restart' ? ['reset'] : []);
        }
      } finally {
        await storage.close();
      }
    },
    120_000,
  );
});

describeConformance('bars of published trades', () => {
  it.each([...RULES, TINY])(
    'by %s are what a plain fold makes of them, in whichever order and however often they come',
    async (by) => {
      const trades = publishedTrades();
      const whole = expected(trades, by);
      const instrument = 'binance:XRP-ETH';
      const one = publish('one.csv', trades);
      expect((await printed({ file: [one], instrument }, by)).bars).toEqual(whole);
      const middle = trades.length >> 1;
      const split = [publish('b.csv', trades.slice(middle - 50)), publish('a.csv', trades.slice(0, middle))];
      expect((await printed({ file: split, instrument }, by)).bars).toEqual(whole);
      const mixed = publish('mixed.csv', shuffled([...trades, ...trades.slice(0, 400)]));
      expect((await printed({ file: [mixed], instrument }, by)).bars).toEqual(whole);
    },
  );
});
