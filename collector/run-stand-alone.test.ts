import { describe, expect, it } from '@jest/globals';
import { createLog } from '../shared/runtime/log.ts';
import { runStandAlone } from './run-stand-alone.ts';

const WHOLE = {
  STREAM_TRADES: 'trades',
  STREAM_RAW: 'raw',
  TABLE_OPERATIONS: 'operations',
  COLLECTOR_SYMBOLS: 'binance:BTCUSDT,ETHUSDT',
};

async function run(variables: Readonly<Record<string, string | undefined>>) {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) }, 'error');
  const code = await runStandAlone(variables, new AbortController().signal, log);
  return { code, lines: lines.map((line) => JSON.parse(line)) };
}

describe('a collector by itself', () => {
  it.each([
    [{ STREAM_RAW: undefined }, 'environment: expected a value for STREAM_RAW'],
    [
      { COLLECTOR_SYMBOLS: 'BTCUSDT,mtgox:BTCUSD' },
      'unknown exchange "mtgox" (known: binance, coinbase, kraken)',
    ],
    [
      {
        COLLECTOR_SYMBOLS: 'BTCUSDT,kraken:BTC/USD',
        COLLECTOR_WS: 'ws://127.0.0.1:1',
        COLLECTOR_REST: 'http://127.0.0.1:1',
      },
      'environment: COLLECTOR_WS is of one exchange, and COLLECTOR_SYMBOLS of binance, kraken',
    ],
    [{ COLLECTOR_SYMBOLS: 'BTCUSDT,' }, 'live: "" is not a pair of binance, expected one such as BTC-USDT'],
    [
      { COLLECTOR_WS: 'ws://127.0.0.1:1' },
      'environment: expected both COLLECTOR_WS and COLLECTOR_REST, or neither',
    ],
    [
      { COLLECTOR_WS: 'ws://127.0.0.1:1', COLLECTOR_REST: 'https://api.binance.com' },
      'binance: ws://127.0.0.1:1 is of the simulated market and https://api.binance.com of the real one',
    ],
  ])('says in one line what is wrong with %j', async (change, cause) => {
    const { code, lines } = await run({ ...WHOLE, ...change });
    expect(code).toBe(2);
    expect(lines).toEqual([{ level: 'error', message: 'the collector cannot start', cause }]);
  });
});
