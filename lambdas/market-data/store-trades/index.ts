import { openTradeStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bridge-bus.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('store-trades');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  trades: await openTradeStore(environment),
  bus: new EventBridgeBus(environment),
  clock: systemClock,
});
