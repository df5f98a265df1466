/** The ClickHouse stores under the contract suites, over the real engine. */
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll } from '@jest/globals';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { temporaryFolder } from '../../shared/adapters/embedded/temporary-folder.ts';
import { log } from '../../shared/runtime/log.ts';
import { describeCandleStore } from './suites/candle-store.ts';
import { describeTradeStore } from './suites/trade-store.ts';

let server: ClickHouseServer;
let client: ClickHouseClient;

beforeAll(async () => {
  server = await startClickHouse({ dataDir: temporaryFolder(), log });
  client = createClickHouse({ url: server.url });
  await migrate(client);
}, 30_000);

afterAll(async () => {
  await client.close();
  await server.stop({ fast: true });
});

const close = async (): Promise<void> => {};
describeTradeStore('ClickHouseTradeStore', async () => ({ trades: new ClickHouseTradeStore(client), close }));
describeCandleStore('ClickHouseCandleStore', async () => ({ candles: new ClickHouseCandleStore(client), close }));
