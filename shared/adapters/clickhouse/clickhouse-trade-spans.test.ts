import { beforeAll, expect, it } from '@jest/globals';
import { runningClickHouse } from '../../../test/support/running-clickhouse.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { readTradeSpans } from './clickhouse-trade-spans.ts';
import { migrate } from './migrate.ts';

const client = runningClickHouse();
beforeAll(async () => {
  await migrate(client());
  const query = `INSERT INTO millrace.trades (instrumentId, time, tradeId, price, quantity, takerSide, receivedAt)
    SELECT 'binance:BTC-USDT', fromUnixTimestamp64Milli(number, 'UTC'), number, 1, 1, 'BUY', now64(3) FROM numbers(50000)`;
  await client().command({ query });
});

it('a day with more trades than are summed at once is refused before it is read', async () => {
  const read = async (mostRows: number) =>
    readTradeSpans(client(), 'binance:BTC-USDT', 0, 86_400_000, 10_000, { mostRows });
  expect((await read(50_000)).map(({ tradeCount }) => tradeCount)).toEqual(Array(5).fill(10_000));
  await expect(read(49_999)).rejects.toThrow(LimitExceeded);
  await expect(read(49_999)).rejects.toThrow('more than 49999 trades are not summed at once');
});

it('a day that is not summed in time is refused, and no server taken for one that is away', async () => {
  const read = readTradeSpans(client(), 'binance:BTC-USDT', 0, 86_400_000, 10_000, { mostSeconds: 1e-6 });
  await expect(read).rejects.toThrow(LimitExceeded);
  await expect(read).rejects.toThrow('its trades are not summed within 0.000001 s');
});
