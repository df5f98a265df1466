import { openCandleStore, openTradeStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('archive-trades');

export const handler = createHandler({
  trades: await openTradeStore(environment),
  candles: await openCandleStore(environment),
  objects: new S3ObjectStore(environment),
  state: new DynamoStateStore(environment),
  clock: systemClock,
});
