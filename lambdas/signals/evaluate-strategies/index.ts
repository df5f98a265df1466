import { openCandleStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { SqsQueueSender } from '../../../shared/adapters/aws/sqs-queue-sender.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { NONE_IS_REMEMBERED_MS, rememberingNone } from '../../../shared/runtime/remembering-none.ts';
import { takingQueuedEvents } from '../../../shared/runtime/queued-events.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('evaluate-strategies');

export const handler = takingQueuedEvents(
  createHandler({
    state: rememberingNone(new DynamoStateStore(environment), NONE_IS_REMEMBERED_MS),
    candles: await openCandleStore(environment),
    queues: new SqsQueueSender(environment),
    clock: systemClock,
  }),
);
