import { ApiGatewayPusher } from '../../../shared/adapters/aws/api-gateway-pusher.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { NONE_IS_REMEMBERED_MS, rememberingNone } from '../../../shared/runtime/remembering-none.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('push-updates');

export const handler = createHandler({
  state: rememberingNone(new DynamoStateStore(environment), NONE_IS_REMEMBERED_MS),
  push: new ApiGatewayPusher(environment),
});
