import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('archive-raw');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  objects: new S3ObjectStore(environment),
});
