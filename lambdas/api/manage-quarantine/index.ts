import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../../../shared/adapters/aws/kinesis-stream-writer.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('manage-quarantine');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  streams: new KinesisStreamWriter(environment),
});
