/** What every StreamWriter promises. Uses fresh partition keys each run, so it may run over a stream that others use. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '../../../shared/domain/market-data/exchanges.ts';
import { lanesOf } from '../../../shared/domain/market-data/lane.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import {
  MAX_RECORD_BYTES,
  MAX_RECORDS_A_CALL,
  recordOfLane,
  type StreamRecord,
  type StreamWriter,
} from '../../../shared/ports/stream-writer.ts';
import type { StreamName } from '../../../shared/topology.ts';
import { eventually } from './eventually.ts';

/** Which shard had it is not asked: the embedded log has one. */
export type ReceivedRecord = Pick<StreamRecord, 'partitionKey' | 'data'>;

export interface StreamWriterUnderTest {
  readonly streams: StreamWriter;
  /** Every record of the stream that can be read now, oldest first. */
  received(stream: StreamName): Promise<readonly ReceivedRecord[]>;
  close(): Promise<void>;
}

export function describeStreamWriter(name: string, open: () => Promise<StreamWriterUnderTest>): void {
  describe(`${name} keeps the promises of a StreamWriter`, () => {
    let underTest: StreamWriterUnderTest;
    let streams: StreamWriter;
    beforeAll(async () => {
      underTest = await open();
      streams = underTest.streams;
    });
    afterAll(async () => underTest.close());

    const ofLane = async (lane: string, stream: StreamName = 'trades'): Promise<ReceivedRecord[]> =>
      (await underTest.received(stream)).filter((record) => record.partitionKey === lane);
    const textsOf = async (lane: string): Promise<string[]> =>
      (await ofLane(lane)).map((record) => Buffer.from(record.data).toString());

    it('gives back the very bytes, and to no other stream', async () => {
      const lane = freshLane();
      const data = Buffer.concat([Buffer.from([0, 255, 10, 13]), randomBytes(10_000)]);
      await streams.append('trades', [{ ...recordOf(lane, ''), data }]);
      await eventually(
        () => ofLane(lane),
        (records) => expect(records.map((record) => Buffer.from(record.data).equals(data))).toEqual([true]),
      );
      expect(await ofLane(lane, 'raw')).toEqual([]);
    });

    it('keeps the order of a lane over calls and inside them', async () => {
      const [lane, other] = [freshLane(), freshLane()];
      const expected: string[] = [];
      for (let call = 0; call < 5; call++) {
        const texts = Array.from({ length: 20 }, (_, n) => `${call}.${n}`);
        expected.push(...texts);
        await streams.append(
          'trades',
          texts.flatMap((text) => [recordOf(lane, text), recordOf(other, `other ${text}`)]),
        );
      }
      await eventually(
        () => textsOf(lane),
        (texts) => expect(texts).toEqual(expected),
      );
      await eventually(
        () => textsOf(other),
        (texts) => expect(texts).toEqual(expected.map((text) => `other ${text}`)),
      );
    });

    it('takes callers of several lanes at once', async () => {
      const lanes = Array.from({ length: 6 }, freshLane);
      const numbers = ['0', '1', '2', '3', '4'];
      await Promise.all(
        lanes.map(async (lane) => {
          for (const text of numbers) await streams.append('trades', [recordOf(lane, text)]);
        }),
      );
      for (const lane of lanes) {
        await eventually(
          () => textsOf(lane),
          (texts) => expect(texts).toEqual(numbers),
        );
      }
    });

    it('takes every lane of every exchange at its place, and keeps the order of each', async () => {
      const run = randomUUID();
      const lanes = EXCHANGES.flatMap((exchange) => lanesOf(exchange));
      const numbers = ['0', '1', '2', '3', '4', '5'];
      for (let from = 0; from < numbers.length; from += 2) {
        const part = numbers.slice(from, from + 2);
        await streams.append(
          'trades',
          part.flatMap((text) => lanes.map((lane) => recordOfLane(lane, Buffer.from(`${run} ${text}`)))),
        );
      }
      for (const lane of lanes) {
        await eventually(
          async () => (await textsOf(lane)).filter((text) => text.startsWith(run)),
          (texts) => expect(texts).toEqual(numbers.map((text) => `${run} ${text}`)),
        );
      }
    });

    it('takes the first and the last hash key there is', async () => {
      const lane = freshLane();
      const last = String((1n << 128n) - 1n);
      await streams.append('trades', [{ ...recordOf(lane, 'first'), explicitHashKey: '0' }]);
      await streams.append('trades', [{ ...recordOf(lane, 'last'), explicitHashKey: last }]);
      await eventually(
        () => textsOf(lane),
        (texts) => expect([...texts].sort()).toEqual(['first', 'last']),
      );
    });

    it('takes an empty call as nothing to do', async () => {
      await streams.append('trades', []);
    });

    it(`takes ${MAX_RECORDS_A_CALL} records a call and refuses one more, whole`, async () => {
      const [accepted, refused] = [freshLane(), freshLane()];
      const many = (lane: string, count: number) =>
        Array.from({ length: count }, (_, n) => recordOf(lane, String(n)));
      await expect(streams.append('trades', many(refused, MAX_RECORDS_A_CALL + 1))).rejects.toThrow(
        LimitExceeded,
      );
      await streams.append('trades', many(accepted, MAX_RECORDS_A_CALL));
      await eventually(
        () => textsOf(accepted),
        (texts) => expect(texts).toEqual(many('', MAX_RECORDS_A_CALL).map((_, n) => String(n))),
      );
      expect(await ofLane(refused)).toEqual([]);
    });

    it('takes a record near 1 MB and refuses a larger one, with its whole call', async () => {
      const [accepted, refused] = [freshLane(), freshLane()];
      const tooLarge = { ...recordOf(refused, ''), data: Buffer.alloc(MAX_RECORD_BYTES + 1) };
      await expect(streams.append('trades', [recordOf(refused, 'small'), tooLarge])).rejects.toThrow(
        LimitExceeded,
      );
      await streams.append('trades', [
        { ...recordOf(accepted, ''), data: Buffer.alloc(MAX_RECORD_BYTES - 256, 7) },
      ]);
      await eventually(
        () => ofLane(accepted),
        (records) =>
          expect(records.map((record) => record.data.byteLength)).toEqual([MAX_RECORD_BYTES - 256]),
      );
      expect(await ofLane(refused)).toEqual([]);
    });

    it('refuses a call of more than 5 MB', async () => {
      const lane = freshLane();
      const record = { ...recordOf(lane, ''), data: Buffer.alloc(MAX_RECORD_BYTES - 256) };
      await expect(
        streams.append(
          'trades',
          Array.from({ length: 6 }, () => record),
        ),
      ).rejects.toThrow(LimitExceeded);
      expect(await ofLane(lane)).toEqual([]);
    });
  });
}

function freshLane(): string {
  return `contract#${randomUUID()}`;
}

/** Somewhere in the range of hash keys, and there always. */
function recordOf(partitionKey: string, text: string): StreamRecord {
  const digest = createHash('md5').update(partitionKey).digest('hex');
  return { partitionKey, explicitHashKey: String(BigInt(`0x${digest}`)), data: Buffer.from(text) };
}
