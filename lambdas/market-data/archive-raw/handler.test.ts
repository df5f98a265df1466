import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisStreamRecord } from 'aws-lambda';
import { encodeRawClaim, encodeRawRecord } from '../../../shared/contracts/raw-records.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { invocation } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

let sequence = 0;
let state: StateStore;
let archived: string[];

beforeEach(() => {
  state = openMemoryState();
  archived = [];
});

/** A function that begins anew, as after each deployment. */
function archive() {
  const put = async (key: string): Promise<void> => void archived.push(key);
  const objects = { put, get: async () => null, list: async () => ({ keys: [], next: null }) };
  const handler = createHandler({ state, objects: objects as never });
  return async (...records: readonly KinesisStreamRecord[]) => handler({ Records: [...records] }, invocation);
}

function record(data: Uint8Array, lane = 'binance#0'): KinesisStreamRecord {
  const sequenceNumber = String(++sequence);
  const text = Buffer.from(data).toString('base64');
  return { kinesis: { partitionKey: lane, sequenceNumber, data: text } } as KinesisStreamRecord;
}

function chunk(name: string, fence?: number, lane?: string): KinesisStreamRecord {
  const header = { v: 1, kind: 'raw', exchange: 'binance', messages: 1 } as const;
  const objectKey = `raw/${name}.ndjson.gz`;
  const given = fence === undefined ? {} : { fence };
  return record(encodeRawRecord({ ...header, objectKey, ...given }, Buffer.from('gzip')), lane);
}

const claim = (fence: number) => record(encodeRawClaim({ v: 1, kind: 'claim', fence }));

describe('the raw archive', () => {
  it('keeps what comes, under its key', async () => {
    await archive()(chunk('a'), chunk('b', 3), record(Buffer.from('no header')));
    expect(archived).toEqual(['raw/a.ndjson.gz', 'raw/b.ndjson.gz', `unreadable/${sequence}`]);
  });

  it('keeps nothing of a collector behind the claim of its successor, in a function that begins anew either', async () => {
    await archive()(chunk('a', 3), claim(4), chunk('stale', 3));
    await archive()(chunk('late', 3), chunk('b', 4), chunk('replayed'));
    expect(archived).toEqual(['raw/a.ndjson.gz', 'raw/b.ndjson.gz', 'raw/replayed.ndjson.gz']);
  });

  it('tells the lanes apart', async () => {
    await archive()(claim(4), chunk('a', 3, 'binance#1'));
    expect(archived).toEqual(['raw/a.ndjson.gz']);
  });
});
