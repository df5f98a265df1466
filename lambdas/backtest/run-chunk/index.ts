import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('run-chunk');

export const handler = createHandler({
  objects: new S3ObjectStore(environment),
});
