import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Environment } from './environment.ts';

/** A function has 5 s in all: a call that hangs, and hangs again, must be known for one that does before these are over. */
const CONNECTION_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 2000;
const MAX_ATTEMPTS = 2;

/**
 * What every SDK client of the platform is made with. HTTP/1.1 throughout: the Kinesis client would otherwise
 * choose HTTP/2, over which emulators drop calls, and on AWS one keep-alive connection a lane serves as well.
 */
export function clientOptions(environment: Pick<Environment, 'endpoint'>): {
  readonly endpoint?: string;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
} {
  return {
    ...(environment.endpoint === null ? {} : { endpoint: environment.endpoint }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
    maxAttempts: MAX_ATTEMPTS,
  };
}
