import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('read-portfolio');

export const handler = createHandler({ state: new DynamoStateStore(environment) });
