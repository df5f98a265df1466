/** The ClickHouse stores under the contract suites, over the real engine. */
import { beforeAll } from '@jest/globals';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { ClickHouseQualityStore } from '../../shared/adapters/clickhouse/clickhouse-quality-store.ts';
import { ClickHouseQuoteStore } from '../../shared/adapters/clickhouse/clickhouse-quote-store.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { leavePartsApart } from '../support/leave-parts-apart.ts';
import { runningClickHouse } from '../support/running-clickhouse.ts';
import { describeCandleStore } from './suites/candle-store.ts';
import { describeQualityStore } from './suites/quality-store.ts';
import { describeQuoteStore } from './suites/quote-store.ts';
import { describeTradeSpans } from './suites/trade-spans.ts';
import { describeTradeStore } from './suites/trade-store.ts';

const client = runningClickHouse();
beforeAll(async () => {
  await migrate(client());
  for (const table of ['trades', 'candles', 'quotes', 'books', 'quality'])
    await leavePartsApart(client(), table);
});

const close = async (): Promise<void> => {};
const openTrades = async () => ({ trades: new ClickHouseTradeStore(client()), close });
describeTradeStore('ClickHouseTradeStore', openTrades);
describeTradeSpans('ClickHouseTradeStore', openTrades);
describeCandleStore('ClickHouseCandleStore', async () => ({
  candles: new ClickHouseCandleStore(client()),
  close,
}));
describeQualityStore('ClickHouseQualityStore', () => new ClickHouseQualityStore(client()));
describeQuoteStore('ClickHouseQuoteStore', () => new ClickHouseQuoteStore(client()));
