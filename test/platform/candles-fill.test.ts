/** `millrace candles --fill`: quiet intervals are filled for whoever asks, and for nobody else. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { runMillrace } from './run-millrace.ts';
import { writeCapture } from './write-capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const START = 1_723_161_600_000;
const folder = temporaryFolder();
let captures = 0;

interface View {
  readonly instrumentId: string;
  readonly openTimeMs: number;
  readonly close: string;
  readonly volume: string;
  readonly tradeCount: number;
  readonly closed: boolean;
}

type Told = readonly [symbol: string, second: number, price: string];

async function candles(told: readonly Told[], ...args: string[]) {
  const path = join(folder, `${captures++}.ndjson.gz`);
  const lines = told.map(([s, second, p], n) => {
    const atMs = START + second * 1000;
    const data = { e: 'trade', E: atMs, s, t: n + 1, p, q: '1', T: atMs, m: true };
    const url = 'wss://stream.binance.com:9443/stream';
    const message = JSON.stringify({ stream: `${s.toLowerCase()}@trade`, data });
    return JSON.stringify({ receivedAtNs: `${atMs}000000`, exchange: 'binance', kind: 'ws', url, message });
  });
  writeCapture(path, lines);
  const { code, stdout, stderr } = await runMillrace(['candles', '--capture', path, ...args]);
  const views = stdout === '' ? [] : (JSON.parse(stdout) as View[]);
  const rows = views.map(({ instrumentId, openTimeMs, close, tradeCount }) =>
    [instrumentId.slice(8), (openTimeMs - START) / 1000, close, tradeCount].join(' '),
  );
  return { code, stderr, views, rows };
}

const told: readonly Told[] = [
  ['BTCUSDT', 0, '100'],
  ['BTCUSDT', 1, '101'],
  ['ETHUSDT', 2, '7'],
  ['ETHUSDT', 3, '8'],
  ['BTCUSDT', 4, '103'],
];

it('leaves quiet intervals out unless it is asked for them', async () => {
  const traded = [
    'BTC-USDT 0 100 1',
    'BTC-USDT 1 101 1',
    'BTC-USDT 4 103 1',
    'ETH-USDT 2 7 1',
    'ETH-USDT 3 8 1',
  ];
  for (const args of [[], ['--fill', 'none']])
    expect((await candles(told, '--interval', '1s', ...args)).rows).toEqual(traded);
}, 60_000);

it('fills them with the close before, from the first to the last of each instrument', async () => {
  const { rows, views } = await candles(told, '--interval', '1s', '--fill', 'previous');
  expect(rows).toEqual([
    ...['BTC-USDT 0 100 1', 'BTC-USDT 1 101 1', 'BTC-USDT 2 101 0', 'BTC-USDT 3 101 0', 'BTC-USDT 4 103 1'],
    ...['ETH-USDT 2 7 1', 'ETH-USDT 3 8 1'],
  ]);
  expect(views[2]).toMatchObject({ closed: true, volume: '0' });
  // The end of a capture closes nothing.
  expect(views.map(({ closed }) => closed)).toEqual([true, true, true, true, false, true, false]);
}, 60_000);

it('refuses in one line to fill what would not fit, and what it does not know', async () => {
  const far: readonly Told[] = [told[0]!, ['BTCUSDT', 1_000_000, '1']];
  expect(await candles(far, '--interval', '1s', '--fill', 'previous')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      '--fill: binance:BTC-USDT has 1000001 intervals of 1s, expected at most 1000000; take a longer --interval',
    ),
  });
  expect((await candles(far, '--interval', '1m', '--fill', 'previous')).views).toHaveLength(16_667);
  expect(await candles(told, '--fill', 'zero')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--fill: expected one of none, previous'),
  });
}, 60_000);
