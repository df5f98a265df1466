/** What is asked of a live venue is held against its catalogue before anything starts. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runMillrace } from './run-millrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-listed-'));
const symbols = [
  { symbol: 'BTCUSDT', status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT' },
  { symbol: 'LUNAUSDT', status: 'BREAK', baseAsset: 'LUNA', quoteAsset: 'USDT' },
];
let venue: Server;
beforeAll(async () => {
  venue = createServer((request, response) => {
    response.statusCode = request.url!.startsWith('/api/v3/exchangeInfo') ? 200 : 404;
    response.end(JSON.stringify({ symbols }));
  }).listen(0, '127.0.0.1');
  await once(venue, 'listening');
});
afterAll(() => {
  venue.close();
  rmSync(folder, { recursive: true });
});

it.each([
  [
    'BTCUSTD',
    '--symbols: "BTCUSTD" is not listed by binance, expected a pair of its catalogue, nearest: BTC-USDT',
  ],
  ['LUNAUSDT', '--symbols: "LUNAUSDT" is listed by binance and does not trade now, expected one that does'],
])('%s is refused in one line, and nothing is made', async (symbol, refusal) => {
  const place = `127.0.0.1:${(venue.address() as AddressInfo).port}`;
  const dataDir = join(folder, symbol);
  const { code, stdout, stderr } = await runMillrace(
    ['start', '--live', 'binance', '--symbols', symbol, '--port', '0', '--data-dir', dataDir],
    {
      env: { MILLRACE_BINANCE_WS: `ws://${place}`, MILLRACE_BINANCE_REST: `http://${place}` },
      killAfterMs: 30_000,
    },
  );
  expect([code, stdout, stderr.trimEnd().split('\n')]).toEqual([2, '', [expect.stringContaining(refusal)]]);
  expect(existsSync(dataDir)).toBe(false);
});
