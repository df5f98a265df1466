import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bridge-bus.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { takingQueuedEvents } from '../../../shared/runtime/queued-events.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('track-order');

export const handler = takingQueuedEvents(
  createHandler({
    state: new DynamoStateStore(environment),
    bus: new EventBridgeBus(environment),
    clock: systemClock,
  }),
);
