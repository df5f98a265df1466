/** The AWS adapters on MiniStack, over the stateful stack alone, and what the command line does with them. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { deployPlatform } from '../../scripts/emulator/deploy.ts';
import { CREDENTIALS, REGION } from '../../scripts/emulator/deployment.ts';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import {
  FAILURES_BUCKET,
  failedEventsVariable,
  parseEnvironment,
  type Environment,
} from '../../shared/adapters/aws/environment.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { failedBatch, failedBatchKey } from '../support/failed-batch.ts';
import { anOrder } from '../support/order.ts';
import { describeAwsAdapters } from './aws-adapters.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';
import { busReceiver, streamReceiver } from './receivers.ts';

let emulator: EmulatorUnderTest;
let environment: Environment;

beforeAll(async () => {
  emulator = await openEmulator();
  const deployment = await deployPlatform({
    endpoint: emulator.endpoint,
    stacks: 'stateful',
    clickHouse: { url: 'http://127.0.0.1:1' },
    issuer: { issuer: 'none', audiences: ['none'], keys: { keys: [] } },
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  environment = parseEnvironment(deployment.variables, []);
});

afterAll(async () => emulator.close());

describeAwsAdapters(() => environment);

describe('millrace redrive', () => {
  const redrive = async (...args: string[]) => {
    const { code, stdout, stderr } = await runMillrace(['redrive', '--stage', 'localstack', ...args], {
      env: {
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as unknown[];
  };

  it('lists what lies in the bucket and in the queues, sends it again once, and then finds nothing', async () => {
    const [s3, sqs, ssm] = [
      new S3Client({ ...clientOptions(environment), forcePathStyle: true }),
      new SQSClient(clientOptions(environment)),
      new SSMClient(clientOptions(environment)),
    ];
    const functionName = 'physical-store-trades';
    await ssm.send(
      new PutParameterCommand({
        Name: '/millrace/localstack/functions/store-trades',
        Value: functionName,
        Type: 'String',
        Overwrite: true,
      }),
    );
    const text = `a record of ${randomUUID()}`;
    const records = [{ partitionKey: 'binance#1', data: Buffer.from(text) }];
    const Key = failedBatchKey(randomUUID(), 1);
    const Bucket = environment.text(FAILURES_BUCKET);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: failedBatch({ functionName, records }) }));
    const detail = { order: anOrder(1, { clientOrderId: randomUUID(), strategyId: randomUUID() }) };
    const QueueUrl = environment.text(failedEventsVariable('push-updates'));
    const MessageBody = JSON.stringify({ 'detail-type': 'OrderChangedV1', detail });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    expect(await redrive('--list')).toMatchObject([
      { kind: 'event', function: 'push-updates', content: { detailType: 'OrderChangedV1', detail } },
      { kind: 'record', function: 'store-trades', id: Key, content: { records: 1 } },
    ]);
    const received = await busReceiver(environment);
    expect(await redrive()).toEqual([
      { kind: 'event', function: 'push-updates', redriven: 1, left: null },
      { kind: 'record', function: 'store-trades', redriven: 1, left: null },
    ]);
    await eventually(streamReader('trades'), (texts) => expect(texts).toContain(text));
    await eventually(received, (events) =>
      expect(events).toContainEqual({ detailType: 'OrderChangedV1', detail }),
    );
    expect(await redrive()).toEqual([]);
  });

  function streamReader(stream: 'trades'): () => Promise<string[]> {
    const receive = streamReceiver(environment);
    return async () => (await receive(stream)).map(({ data }) => Buffer.from(data).toString());
  }
});
