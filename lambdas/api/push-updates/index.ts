import { ApiGatewayPusher } from '../../../shared/adapters/aws/api-gateway-pusher.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('push-updates');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  push: new ApiGatewayPusher(environment),
});
