/** Everything durable of a data folder, opened together: the databases, the objects and ClickHouse. */
import type { ClickHouseClient } from '@clickhouse/client';
import { createClickHouse } from '../shared/adapters/clickhouse/client.ts';
import { ClickHouseCandleStore } from '../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { ClickHouseQualityStore } from '../shared/adapters/clickhouse/clickhouse-quality-store.ts';
import { ClickHouseQuoteStore } from '../shared/adapters/clickhouse/clickhouse-quote-store.ts';
import { ClickHouseTradeStore } from '../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../shared/adapters/clickhouse/migrate.ts';
import { openDataFolder, type FolderUse } from '../shared/adapters/embedded/data-folder.ts';
import { openDatabase } from '../shared/adapters/embedded/database.ts';
import { FileObjectStore } from '../shared/adapters/embedded/file-object-store.ts';
import { SqliteEventBus } from '../shared/adapters/embedded/sqlite-event-bus.ts';
import { SqliteQueues } from '../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStateStore } from '../shared/adapters/embedded/sqlite-state-store.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../shared/adapters/embedded/state-database.ts';
import type { Market } from '../shared/domain/market-data/market.ts';
import { log } from '../shared/runtime/log.ts';
import { topology, type StreamName } from '../shared/topology.ts';
import { clickHouseDamage, refuseLostLog, refuseLostRows, refuseLostState } from './storage-damage.ts';
import { superviseClickHouse, type SupervisedClickHouse } from './clickhouse-server/supervise-clickhouse.ts';

export interface Storage {
  readonly path: string;
  /** null: the folder is from before folders had one. */
  readonly market: Market | null;
  readonly state: SqliteStateStore;
  readonly streamLog: SqliteStreamLog;
  readonly queues: SqliteQueues;
  readonly bus: SqliteEventBus;
  readonly objects: FileObjectStore;
  readonly clickHouse: ClickHouseClient;
  readonly clickHouseServer: SupervisedClickHouse;
  readonly trades: ClickHouseTradeStore;
  readonly candles: ClickHouseCandleStore;
  readonly quotes: ClickHouseQuoteStore;
  readonly quality: ClickHouseQualityStore;
  close(): Promise<void>;
}

/**
 * Takes a data folder and brings its schema up to date.
 * @throws DataFolderBusy, CorruptDataFolder, OtherMarket
 */
export async function openStorage(dataDir: string, use: FolderUse): Promise<Storage> {
  const opened: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    const folder = openDataFolder(dataDir, use);
    opened.push(() => folder.close());
    refuseLostState(folder);
    const stateDatabase = openDatabase(folder.stateDatabase, STATE_SCHEMA);
    opened.push(() => stateDatabase.close());
    refuseLostLog(folder, stateDatabase);
    const logDatabase = openDatabase(folder.logDatabase, STREAM_LOG_SCHEMA);
    opened.push(() => logDatabase.close());
    const clickHouseServer = await clickHouseDamage(folder, async () =>
      superviseClickHouse({ dataDir: folder.clickhouse, log }),
    );
    opened.push(async () => clickHouseServer.stop({ fast: true }));
    const clickHouse = createClickHouse(clickHouseServer.address);
    opened.push(async () => clickHouse.close());
    await clickHouseDamage(folder, async () => {
      await refuseLostRows(clickHouse, folder, stateDatabase);
      await migrate(clickHouse);
    });
    return {
      path: folder.path,
      market: folder.market,
      state: new SqliteStateStore(stateDatabase),
      streamLog: new SqliteStreamLog(logDatabase, Object.keys(topology.streams) as StreamName[]),
      queues: new SqliteQueues(stateDatabase, topology.queues),
      bus: new SqliteEventBus(stateDatabase, topology.rules),
      objects: new FileObjectStore(folder.objects),
      clickHouse,
      clickHouseServer,
      trades: new ClickHouseTradeStore(clickHouse),
      candles: new ClickHouseCandleStore(clickHouse),
      quotes: new ClickHouseQuoteStore(clickHouse),
      quality: new ClickHouseQualityStore(clickHouse),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
