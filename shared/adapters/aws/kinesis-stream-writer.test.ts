import { describe, expect, it } from '@jest/globals';
import { hashKeyOf } from '../../domain/market-data/lane-hash-key.ts';
import { lanesOf } from '../../domain/market-data/lane.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { recordOfLane } from '../../ports/stream-writer.ts';
import { parseEnvironment } from './environment.ts';
import { KinesisStreamWriter } from './kinesis-stream-writer.ts';
import { scriptedClient } from './scripted-client.ts';

interface PutRecords {
  readonly StreamName: string;
  readonly Records: readonly {
    readonly PartitionKey: string;
    readonly ExplicitHashKey: string;
    readonly Data: Uint8Array;
  }[];
}

const environment = parseEnvironment({ STREAM_TRADES: 'trades-1' }, []);
const noSleep = async (): Promise<void> => {};
const record = (lane: string, text: string) => ({
  partitionKey: lane,
  explicitHashKey: '7',
  data: Buffer.from(text),
});
const texts = ({ Records }: PutRecords): string[] => Records.map(({ Data }) => Buffer.from(Data).toString());

describe('KinesisStreamWriter', () => {
  it('never lets a later record of a lane overtake a refused one', async () => {
    const { client, sent } = scriptedClient<PutRecords>(({ input }, call) => {
      const Records: object[] = input.Records.map(() => ({ SequenceNumber: '1' }));
      if (call === 0) Records[0] = { ErrorCode: 'ProvisionedThroughputExceededException' };
      return { Records };
    });
    const writer = new KinesisStreamWriter(environment, client, noSleep);
    await writer.append('trades', [
      record('a', 'a1'),
      record('a', 'a2'),
      record('b', 'b1'),
      record('a', 'a3'),
    ]);
    expect(sent.map(({ input }) => texts(input))).toEqual([['a1', 'b1'], ['a1'], ['a2'], ['a3']]);
    expect(sent[0]!.input.StreamName).toBe('trades-1');
  });

  it('sends every record of a lane to the place of its lane', async () => {
    const { client, sent } = scriptedClient<PutRecords>(({ input }) => ({
      Records: input.Records.map(() => ({ SequenceNumber: '1' })),
    }));
    const lanes = lanesOf('binance');
    const records = lanes.map((lane) => recordOfLane(lane, Buffer.from(lane)));
    await new KinesisStreamWriter(environment, client, noSleep).append('trades', records);
    expect(sent[0]!.input.Records.map((entry) => [entry.PartitionKey, entry.ExplicitHashKey])).toEqual(
      lanes.map((lane) => [lane, hashKeyOf(lane)]),
    );
  });

  it('says what was refused to the end', async () => {
    const { client } = scriptedClient(() => ({
      Records: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try later' }],
    }));
    const writer = new KinesisStreamWriter(environment, client, noSleep);
    await expect(writer.append('trades', [record('a', 'x')])).rejects.toThrow(
      '1 of 1 refused 6 times: InternalFailure try later',
    );
  });

  it('refuses what Kinesis would refuse before it sends anything', async () => {
    const { client, sent } = scriptedClient(() => ({}));
    const writer = new KinesisStreamWriter(environment, client, noSleep);
    const megabyte = { partitionKey: 'a', explicitHashKey: '7', data: new Uint8Array(1024 * 1024) };
    await expect(writer.append('trades', [megabyte])).rejects.toThrow(LimitExceeded);
    const records = Array.from({ length: 501 }, (_, n) => record(`lane${n}`, 'x'));
    await expect(writer.append('trades', records)).rejects.toThrow(LimitExceeded);
    const large = Array.from({ length: 6 }, () => ({
      partitionKey: 'a',
      explicitHashKey: '7',
      data: new Uint8Array(900_000),
    }));
    await expect(writer.append('trades', large)).rejects.toThrow(LimitExceeded);
    expect(sent).toEqual([]);
  });
});
