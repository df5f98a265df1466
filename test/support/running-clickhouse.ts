import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll } from '@jest/globals';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { log } from '../../shared/runtime/log.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_TIMEOUT_MS = 30_000;

/** The real engine for the tests of a file, on a folder of its own. @returns what gives its client, once tests run. */
export function runningClickHouse(): () => ClickHouseClient {
  let server: ClickHouseServer;
  let client: ClickHouseClient;
  beforeAll(async () => {
    server = await startClickHouse({ dataDir: temporaryFolder(), log });
    client = createClickHouse(server.address);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await client.close();
    await server.stop({ fast: true });
  });
  return () => client;
}
