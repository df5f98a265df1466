/** What every StreamWriter promises. Uses fresh partition keys each run, so it may run over a stream that others use. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import {
  MAX_RECORD_BYTES,
  MAX_RECORDS_A_CALL,
  type StreamRecord,
  type StreamWriter,
} from '../../../shared/ports/stream-writer.ts';
import type { StreamName } from '../../../shared/topology.ts';
import { eventually } from './eventually.ts';

export interface StreamWriterUnderTest {
  readonly streams: StreamWriter;
  /** Every record of the stream that can be read now, oldest first. */
  received(stream: StreamName): Promise<readonly StreamRecord[]>;
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

    const ofLane = async (lane: string, stream: StreamName = 'trades'): Promise<StreamRecord[]> =>
      (await underTest.received(stream)).filter((record) => record.partitionKey === lane);
    const textsOf = async (lane: string): Promise<string[]> =>
      (await ofLane(lane)).map((record) => Buffer.from(record.data).toString());

    it('gives back the very bytes, and to no other stream', async () => {
      const lane = freshLane();
      const data = Buffer.concat([Buffer.from([0, 255, 10, 13]), randomBytes(10_000)]);
      await streams.append('trades', [{ partitionKey: lane, data }]);
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
      const tooLarge = { partitionKey: refused, data: Buffer.alloc(MAX_RECORD_BYTES + 1) };
      await expect(streams.append('trades', [recordOf(refused, 'small'), tooLarge])).rejects.toThrow(
        LimitExceeded,
      );
      await streams.append('trades', [
        { partitionKey: accepted, data: Buffer.alloc(MAX_RECORD_BYTES - 256, 7) },
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
      const record = { partitionKey: lane, data: Buffer.alloc(MAX_RECORD_BYTES - 256) };
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

function recordOf(partitionKey: string, text: string): StreamRecord {
  return { partitionKey, data: Buffer.from(text) };
}
