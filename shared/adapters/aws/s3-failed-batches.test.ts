import { SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { failedBatch, failedBatchKey } from '../../../test/support/failed-batch.ts';
import type { StreamRecord } from '../../ports/stream-writer.ts';
import { AWS_ENDPOINT_URL, FAILURES_BUCKET, FUNCTIONS_PATH, parseEnvironment } from './environment.ts';
import { S3FailedBatches } from './s3-failed-batches.ts';
import { scriptedClient } from './scripted-client.ts';

const environment = parseEnvironment(
  { [FAILURES_BUCKET]: 'failures', [FUNCTIONS_PATH]: '/millrace/dev/functions', [AWS_ENDPOINT_URL]: '' },
  [FAILURES_BUCKET, FUNCTIONS_PATH],
);
const record = (text: string) => ({ partitionKey: 'binance#1', data: Buffer.from(text) });

/** The few calls of S3 that are made, over a map; listing two a page, so that pages follow one another. */
function bucketOf(objects: Map<string, string>) {
  const { client } = scriptedClient<{
    Key: string;
    CopySource: string;
    Prefix: string;
    StartAfter?: string;
  }>(({ command, input }) => {
    switch (command) {
      case 'ListObjectsV2Command': {
        const keys = [...objects.keys()]
          .filter((key) => key.startsWith(input.Prefix) && key > (input.StartAfter ?? ''))
          .sort();
        return { Contents: keys.slice(0, 2).map((Key) => ({ Key })), IsTruncated: keys.length > 2 };
      }
      case 'GetObjectCommand':
        return { Body: { transformToString: async () => objects.get(input.Key) } };
      case 'CopyObjectCommand':
        objects.set(input.Key, objects.get(decodeURIComponent(input.CopySource).replace('failures/', ''))!);
        return {};
      case 'DeleteObjectCommand':
        objects.delete(input.Key);
        return {};
      default:
        throw new Error(command);
    }
  });
  return client;
}

/** A paginator of the SDK takes a client of its own class alone. */
const parameters = new SSMClient({ region: 'eu-central-1' });
Object.assign(parameters, {
  send: async () => ({
    Parameters: [
      { Name: '/millrace/dev/functions/store-trades', Value: 'dev-StoreTrades-XYZ' },
      { Name: '/millrace/dev/functions/archive-raw', Value: 'dev-ArchiveRaw-XYZ' },
    ],
  }),
});

describe('S3FailedBatches', () => {
  let objects: Map<string, string>;
  let appended: [stream: string, text: string][];
  let appendsLeft: number;
  let batches: S3FailedBatches;

  beforeEach(() => {
    objects = new Map();
    appended = [];
    appendsLeft = Infinity;
    const streams = {
      append: async (stream: string, records: readonly StreamRecord[]) => {
        if (appendsLeft-- <= 0) throw new Error('the stream is away');
        for (const { data } of records) appended.push([stream, Buffer.from(data).toString()]);
      },
    };
    batches = new S3FailedBatches(environment, streams, bucketOf(objects), parameters);
  });

  const put = (mapping: string, second: number, functionName: string, ...texts: string[]): string => {
    const key = failedBatchKey(mapping, second);
    objects.set(key, failedBatch({ functionName, records: texts.map(record) }));
    return key;
  };

  it('lists what each holds, of which function, since when and why', async () => {
    const key = put('b', 1, 'dev-StoreTrades-XYZ', 'one', 'two');
    expect(await batches.list(null, 10)).toEqual([
      {
        kind: 'record',
        function: 'store-trades',
        id: key,
        cause: 'RecordAgeExceeded',
        attempts: 312,
        givenUpAtMs: Date.parse('2019-11-14T00:38:06.021Z'),
        content: { partitionKeys: ['binance#1'], records: 2, bytes: 6 },
      },
    ]);
    expect(objects.size).toBe(1);
  });

  it('appends the records to the stream that they came from, oldest batch first, and moves the objects away', async () => {
    const keys = [
      put('a', 3, 'dev-StoreTrades-XYZ', 'third'),
      put('b', 1, 'dev-StoreTrades-XYZ', 'first', 'second'),
      put('c', 2, 'dev-ArchiveRaw-XYZ', 'a raw one'),
    ];
    expect(await batches.redrive(null)).toEqual([
      { kind: 'record', function: 'store-trades', redriven: 3, left: null },
      { kind: 'record', function: 'archive-raw', redriven: 1, left: null },
    ]);
    expect(appended).toEqual([
      ['trades', 'first'],
      ['trades', 'second'],
      ['raw', 'a raw one'],
      ['trades', 'third'],
    ]);
    expect([...objects.keys()].sort()).toEqual(keys.map((key) => `redriven/${key}`).sort());
    expect(await batches.redrive(null)).toEqual([]);
  });

  it('sends what one function gave up and leaves the rest', async () => {
    put('a', 1, 'dev-StoreTrades-XYZ', 'a trade');
    const other = put('b', 2, 'dev-ArchiveRaw-XYZ', 'a raw one');
    await batches.redrive('store-trades');
    expect(appended).toEqual([['trades', 'a trade']]);
    expect(objects.has(other)).toBe(true);
  });

  it('interrupted, it goes on where it was and sends nothing that it has sent before', async () => {
    put('a', 1, 'dev-StoreTrades-XYZ', 'first');
    const second = put('a', 2, 'dev-StoreTrades-XYZ', 'second');
    appendsLeft = 1;
    await expect(batches.redrive(null)).rejects.toThrow('the stream is away');
    expect([...objects.keys()]).toContain(second);
    appendsLeft = Infinity;
    await batches.redrive(null);
    expect(appended.map(([, text]) => text)).toEqual(['first', 'second']);
  });

  it('takes the fence off a record: whoever wrote it is gone, and readers would drop it as a stale writer’s', async () => {
    put('a', 1, 'dev-StoreTrades-XYZ', '{"v":1,"fence":3,"lane":"binance#1"}');
    await batches.redrive(null);
    expect(appended).toEqual([['trades', '{"v":1,"lane":"binance#1"}']]);
  });

  it('leaves an object of a lane that there is not, and says which', async () => {
    const records = [{ partitionKey: 'mtgox#1', data: Buffer.from('x') }];
    const key = failedBatchKey('a', 1);
    objects.set(key, failedBatch({ functionName: 'dev-StoreTrades-XYZ', records }));
    const [redriven] = await batches.redrive(null);
    expect(redriven).toMatchObject({ redriven: 0, left: expect.stringMatching(`${key}: .*mtgox`) });
    expect(objects.has(key)).toBe(true);
    expect(appended).toEqual([]);
  });

  it('leaves an object that has no payload, and says which and why', async () => {
    const key = failedBatchKey('a', 1);
    const { payload: _, ...rest } = JSON.parse(
      failedBatch({ functionName: 'dev-StoreTrades-XYZ', records: [record('x')] }),
    ) as Record<string, unknown>;
    objects.set(key, JSON.stringify(rest));
    const [outcome] = await batches.redrive(null);
    expect(outcome).toMatchObject({
      redriven: 0,
      left: expect.stringContaining(`${key}: not a failed batch`),
    });
    expect(objects.has(key)).toBe(true);
  });
});
