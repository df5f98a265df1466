import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { USUAL_TOKEN_RULES } from '../../contracts/token-rules.ts';
import { recordOfLane } from '../../ports/stream-writer.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { ApiGatewayPusher } from './api-gateway-pusher.ts';
import { CloudWatchFunctionHealth } from './cloud-watch-function-health.ts';
import { DynamoStateStore } from './dynamo-state-store.ts';
import { parseEnvironment } from './environment.ts';
import { EventBridgeBus } from './event-bridge-bus.ts';
import { JwksTokenIssuer } from './jwks-token-issuer.ts';
import { KinesisStreamWriter } from './kinesis-stream-writer.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { scriptedClient } from './scripted-client.ts';
import { SqsDeadLetters } from './sqs-dead-letters.ts';
import { SqsQueueSender } from './sqs-queue-sender.ts';
import { StepFunctionsExecutions } from './step-functions-executions.ts';

const environment = parseEnvironment(
  {
    ARCHIVE_BUCKET: 'archive',
    EVENT_BUS_NAME: 'bus',
    FUNCTIONS_PATH: '/millrace/dev/functions',
    QUEUE_ORDERS_URGENT_URL: 'https://sqs/urgent.fifo',
    QUEUE_ORDERS_URGENT_DEAD_LETTERS_URL: 'https://sqs/urgent-dead.fifo',
    SOCKET_ENDPOINT: 'https://sockets',
    STATE_MACHINE_RUN_BACKTEST_GRID_ARN: 'arn:aws:states:::stateMachine:grid',
    STREAM_TRADES: 'trades',
    TABLE_ORDERS: 'orders',
    TOKEN_ISSUER: 'https://issuer',
    TOKEN_AUDIENCE: 'millrace',
    TOKEN_JWKS: 'https://issuer/jwks.json',
    TOKEN_RULES: JSON.stringify({ ...USUAL_TOKEN_RULES, algorithms: ['RS256'] }),
  },
  [],
);
const noSleep = async (): Promise<void> => {};
const key = { pk: 'a', sk: 'b' };

/** A call of every adapter, on a client that answers as it is told. */
const CALLS: Readonly<Record<string, (client: never) => Promise<unknown>>> = {
  'state read': (client) => new DynamoStateStore(environment, client, noSleep).get('orders', key),
  'state query': (client) =>
    new DynamoStateStore(environment, client, noSleep).query('orders', 'a', '', { limit: 1 }),
  'state write': (client) =>
    new DynamoStateStore(environment, client, noSleep).write({
      kind: 'delete',
      table: 'orders',
      ...key,
      condition: { kind: 'none' },
    }),
  stream: (client) =>
    new KinesisStreamWriter(environment, client, noSleep).append('trades', [
      recordOfLane('binance#0', Buffer.from('a')),
    ]),
  queue: (client) =>
    new SqsQueueSender(environment, client, noSleep).send('orders-urgent', [
      { body: 'a', groupId: 'a', deduplicationId: 'a' },
    ]),
  'dead letters': (client) => new SqsDeadLetters(environment, client).count('orders-urgent'),
  redrive: (client) => new SqsDeadLetters(environment, client).redrive('orders-urgent'),
  bus: (client) =>
    new EventBridgeBus(environment, client, noSleep).publish([
      { detailType: 'OrderChangedV1', detail: {} as never },
    ]),
  'object write': (client) => new S3ObjectStore(environment, client).put('a', Buffer.alloc(1), ''),
  'new object': (client) => new S3ObjectStore(environment, client).putNew('a', Buffer.alloc(1), ''),
  'object read': (client) => new S3ObjectStore(environment, client).get('a'),
  'object list': (client) => new S3ObjectStore(environment, client).list('a', { limit: 1 }),
  'execution start': (client) =>
    new StepFunctionsExecutions(environment, client).start('run-backtest-grid', 'a', {}),
  'execution read': (client) =>
    new StepFunctionsExecutions(environment, client).describe('run-backtest-grid', 'a'),
  push: (client) => new ApiGatewayPusher(environment, client).push('a', 'b'),
};

function throwing(error: unknown): never {
  return scriptedClient(() => {
    throw error;
  }).client;
}

function serviceError(name: string, httpStatusCode: number): DynamoDBServiceException {
  const $fault = httpStatusCode >= 500 ? 'server' : 'client';
  return new DynamoDBServiceException({ name, $fault, $metadata: { httpStatusCode }, message: 'it says so' });
}

const network = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const timeout = Object.assign(new Error('no answer'), { name: 'TimeoutError' });

describe.each(Object.entries(CALLS))('%s', (_name, call) => {
  it.each([
    ['the network', network],
    ['a time-out', timeout],
    ['an error of the service', serviceError('InternalServerError', 500)],
    ['an answer of what stands before it', serviceError('UnknownError', 503)],
    ['throttling', serviceError('ThrottlingException', 400)],
  ])('cannot be reached for %s', async (_kind, error) => {
    await expect(call(throwing(error))).rejects.toThrow(Unreachable);
  });

  it.each([
    serviceError('ValidationException', 400),
    serviceError('AccessDeniedException', 403),
    new TypeError('bug'),
  ])('fails by itself for %s', async (error) => {
    await expect(call(throwing(error))).rejects.toBe(error);
  });
});

describe('a part of a batch that is refused again and again', () => {
  const answers = (code: string) => scriptedClient(() => ({ Records: [{ ErrorCode: code }] })).client;
  it('is waited for when the service is asked too much, and fails by itself for another reason', async () => {
    await expect(CALLS['stream']!(answers('ProvisionedThroughputExceededException'))).rejects.toThrow(
      Unreachable,
    );
    await expect(CALLS['stream']!(answers('InternalFailure'))).rejects.toThrow(Unreachable);
    await expect(CALLS['stream']!(answers('KMSAccessDeniedException'))).rejects.toMatchObject({
      name: 'StillRefused',
    });
  });
});

describe('figures and keys', () => {
  it('cannot be reached either, and say of what', async () => {
    const parameters = throwing(network);
    const health = new CloudWatchFunctionHealth(environment, throwing(network), parameters);
    await expect(health.read()).rejects.toThrow();
    const issuer = (status: number) =>
      new JwksTokenIssuer(environment, async () => new Response('', { status })).keys();
    await expect(issuer(503)).rejects.toThrow(Unreachable);
    await expect(issuer(404)).rejects.not.toThrow(Unreachable);
    const unreachable = new JwksTokenIssuer(environment, async () =>
      Promise.reject(new TypeError('fetch failed', { cause: network })),
    );
    await expect(unreachable.keys()).rejects.toMatchObject({ store: 'the token issuer' });
  });
});
