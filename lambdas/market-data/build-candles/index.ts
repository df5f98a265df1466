import { openCandleStore, openTradeStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bridge-bus.ts';
import { KinesisStreamWriter } from '../../../shared/adapters/aws/kinesis-stream-writer.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('build-candles');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  trades: await openTradeStore(environment),
  candles: await openCandleStore(environment),
  streams: new KinesisStreamWriter(environment),
  bus: new EventBridgeBus(environment),
});
