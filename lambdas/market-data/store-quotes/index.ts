import { openQuoteStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bridge-bus.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('store-quotes');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  quotes: await openQuoteStore(environment),
  bus: new EventBridgeBus(environment),
  clock: systemClock,
});
