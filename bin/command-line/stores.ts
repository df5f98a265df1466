/** Where a command finds what is stored: in a data folder that nothing runs on, or on a server. */
import type { ClickHouseClient } from '@clickhouse/client';
import { openStorage } from '../../embedded/storage.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import type { FolderUse } from '../../shared/adapters/embedded/data-folder.ts';
import { serverAddress, serverError } from './clickhouse-server.ts';
import { dataFolderErrors } from './data-folder-errors.ts';
import { httpUrl, text } from './option-values.ts';
import { optional, withDefault } from './options.ts';

export interface OpenStores {
  readonly clickHouse: ClickHouseClient;
  readonly trades: ClickHouseTradeStore;
  readonly candles: ClickHouseCandleStore;
}

/** Beside `--data-dir`. */
export const SERVER_OPTIONS = {
  url: optional(httpUrl, 'a ClickHouse server instead of a data folder'),
  user: withDefault(text('NAME'), 'default', 'its user'),
};

export type StorePlace =
  { readonly url: string; readonly user: string } | { readonly dataDir: string; readonly use: FolderUse };

/** @throws BadInput where the folder or the server cannot be had */
export async function withStores<T>(place: StorePlace, run: (stores: OpenStores) => Promise<T>): Promise<T> {
  if ('dataDir' in place) {
    return dataFolderErrors(async () => {
      const storage = await openStorage(place.dataDir, place.use);
      try {
        return await run(storage);
      } finally {
        await storage.close();
      }
    });
  }
  const { url, user } = place;
  const clickHouse = createClickHouse(serverAddress(url, user));
  try {
    const trades = new ClickHouseTradeStore(clickHouse);
    return await run({ clickHouse, trades, candles: new ClickHouseCandleStore(clickHouse) });
  } catch (error) {
    throw serverError(url, user, error);
  } finally {
    await clickHouse.close();
  }
}
