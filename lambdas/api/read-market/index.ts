import {
  openCandleStore,
  openQualityStore,
  openQuoteStore,
  openTradeStore,
} from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('read-market');

export const handler = createHandler({
  candles: await openCandleStore(environment),
  trades: await openTradeStore(environment),
  quotes: await openQuoteStore(environment),
  quality: await openQualityStore(environment),
  state: new DynamoStateStore(environment),
});
