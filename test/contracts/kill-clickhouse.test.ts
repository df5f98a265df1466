/** An insert that was acknowledged is there after ClickHouse is killed with no warning, and one that was not can be repeated. */
import { describe, expect, it } from '@jest/globals';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { countTrades, streamTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { log } from '../../shared/runtime/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KILLS = 4;
const TRADES_AN_INSERT = 100;
const START_MS = 1_723_161_600_000;

describe('ClickHouse after kill -9', () => {
  it('holds every acknowledged trade, once, when the rest is inserted again', async () => {
    const dataDir = temporaryFolder();
    let acknowledged = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const server = await startClickHouse({ dataDir, log });
      const client = createClickHouse(server.address);
      await migrate(client);
      const trades = new ClickHouseTradeStore(client);
      expect(await countTrades(client)).toBeGreaterThanOrEqual(acknowledged);

      let mayRepeat = true;
      const killed = new Promise((resolve) => server.onExit(resolve));
      try {
        for (;;) {
          await trades.insert(tradesFrom(acknowledged), { mayRepeat });
          acknowledged += TRADES_AN_INSERT;
          // From the first insert on, however long that took: the server dies in the middle of the others.
          if (mayRepeat) setTimeout(() => process.kill(server.pid, 'SIGKILL'), Math.random() * 200);
          mayRepeat = false;
        }
      } catch {
        await killed;
      }
      await client.close();
    }
    await expectTape(dataDir, acknowledged);
  }, 60_000);
});

async function expectTape(dataDir: string, acknowledged: number): Promise<void> {
  const server = await startClickHouse({ dataDir, log });
  const client = createClickHouse(server.address);
  await new ClickHouseTradeStore(client).insert(tradesFrom(acknowledged), { mayRepeat: true });
  const ids: number[] = [];
  await streamTrades(client, (trade) => ids.push(trade.tradeId));
  expect(ids).toEqual(Array.from({ length: acknowledged + TRADES_AN_INSERT }, (_, n) => n));
  await client.close();
  await server.stop({ fast: true });
}

function tradesFrom(first: number): ReceivedTrade[] {
  return Array.from({ length: TRADES_AN_INSERT }, (_, n) => ({
    instrumentId: 'binance:BTC-USDT',
    tradeId: first + n,
    price: decimal('61837.63'),
    quantity: decimal('0.001'),
    takerSide: 'BUY',
    timeMs: START_MS + first + n,
    receivedAtMs: START_MS,
  }));
}
