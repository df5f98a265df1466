import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KinesisStreamRecord } from 'aws-lambda';
import { recordsAsGiven } from '../../test/support/records-as-given.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { invocation } from '../../test/support/trading-ports.ts';
import { openDatabase } from '../adapters/embedded/database.ts';
import { SqliteStateStore } from '../adapters/embedded/sqlite-state-store.ts';
import { STATE_SCHEMA } from '../adapters/embedded/state-database.ts';
import { laneKey } from '../contracts/record-keys.ts';
import type { TradesRecordV1 } from '../contracts/stream-records.ts';
import type { FunctionHandler } from './define-function.ts';
import { defineLaneFold } from './lane-fold.ts';
import { log } from './log.ts';

const LANE = 'binance#0';

function record(sequence: number, fence?: number): KinesisStreamRecord {
  const body: TradesRecordV1 = {
    v: 1,
    kind: 'trades',
    lane: LANE,
    ...(fence === undefined ? {} : { fence }),
    sessionId: 'session',
    instruments: [],
    trades: [],
    laneWatermarkMs: null,
    watermarks: [],
  };
  const kinesis = {
    kinesisSchemaVersion: '1.0',
    partitionKey: LANE,
    sequenceNumber: String(sequence),
    approximateArrivalTimestamp: Date.now() / 1000,
    data: Buffer.from(JSON.stringify(body)).toString('base64'),
  };
  return { kinesis } as KinesisStreamRecord;
}

describe('a fold over lanes', () => {
  const state = openMemoryState();
  /** What each attempt emitted, and how it is told that it may go on. */
  let emissions: { readonly sequences: readonly string[]; readonly end: PromiseWithResolvers<null> }[];
  let fold: FunctionHandler<{ Records: KinesisStreamRecord[] }, void>;

  afterEach(() => {
    jest.restoreAllMocks();
  });

  beforeEach(async () => {
    emissions = [];
    const key = laneKey(LANE, 'archive-raw');
    await state.write({ kind: 'delete', table: 'market-data', ...key, condition: { kind: 'none' } });
    fold = openFold();
  });

  const openFold = () =>
    defineLaneFold<string[], string[]>('store-trades', state, {
      table: 'market-data',
      key: (lane) => laneKey(lane, 'archive-raw'),
      open: (stored) => (stored as string[] | undefined) ?? [],
      store: (sequences) => sequences,
      noEffects: () => [],
      fold: (sequences, { sequenceNumber }, effects) => {
        sequences.push(sequenceNumber);
        effects.push(sequenceNumber);
      },
      emit: async (sequences) => {
        const end = Promise.withResolvers<null>();
        emissions.push({ sequences, end });
        await end.promise;
      },
    });

  const stored = async () =>
    (await state.get<{ state: string[] }>('market-data', laneKey(LANE, 'archive-raw')))?.value.state ?? [];

  const emitted = async (attempt: number): Promise<void> => {
    for (let turn = 0; turn < 100 && emissions.length < attempt; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(emissions).toHaveLength(attempt);
  };

  it('does not take a batch for done of which an attempt that timed out is still emitting', async () => {
    const abandoned = fold({ Records: [record(1)] }, invocation);
    await emitted(1);
    const retry = fold({ Records: [record(1)] }, invocation);
    await emitted(2);
    expect(emissions[1]!.sequences).toEqual(['1']);
    emissions[0]!.end.reject(new Error('the store did not answer'));
    await expect(abandoned).rejects.toThrow('the store did not answer');
    expect(await stored()).toEqual([]);
    emissions[1]!.end.resolve(null);
    await retry;
    expect(await stored()).toEqual(['1']);
  });

  it('takes smaller numbers after a move of its lane, for which the last one was forgotten and the rest kept', async () => {
    const before = fold({ Records: [record(100)] }, invocation);
    await emitted(1);
    emissions[0]!.end.resolve(null);
    await before;
    const item = (await state.get<object>('market-data', laneKey(LANE, 'archive-raw')))!;
    const { pk, sk, value, version } = item;
    await state.write({
      ...{ kind: 'put', table: 'market-data', pk, sk, value: { ...value, lastSequence: '' } },
      condition: { kind: 'version', version },
    });
    fold = openFold();
    const after = fold({ Records: [record(7), record(7), record(8)] }, invocation);
    await emitted(2);
    emissions[1]!.end.resolve(null);
    await after;
    expect(await stored()).toEqual(['100', '7', '8']);
  });

  it('goes on with what is stored when an attempt that was given up came through after all', async () => {
    const abandoned = fold({ Records: [record(1)] }, invocation);
    await emitted(1);
    const retry = fold({ Records: [record(1)] }, invocation);
    await emitted(2);
    emissions[0]!.end.resolve(null);
    await abandoned;
    emissions[1]!.end.resolve(null);
    await expect(retry).rejects.toThrow('condition failed');
    await fold({ Records: [record(1)] }, invocation);
    expect(emissions).toHaveLength(2);
    const next = fold({ Records: [record(1), record(2)] }, invocation);
    await emitted(3);
    emissions[2]!.end.resolve(null);
    await next;
    expect(await stored()).toEqual(['1', '2']);
  });

  /** Runs a batch to its end. */
  const take = async (...records: readonly KinesisStreamRecord[]): Promise<void> => {
    const attempt = emissions.length + 1;
    const done = fold({ Records: [...records] }, invocation);
    await emitted(attempt);
    emissions[attempt - 1]!.end.resolve(null);
    await done;
  };

  it('drops what a writer sends after another has taken over, and remembers it with the lane', async () => {
    await take(record(1, 7), record(2, 8), record(3, 7));
    expect(await stored()).toEqual(['1', '2']);
    fold = openFold();
    await take(record(4, 7), record(5, 8));
    expect(await stored()).toEqual(['1', '2', '5']);
  });

  it('takes what carries no fence, whoever has the lane', async () => {
    await take(record(1, 7), record(2));
    await take(record(3), record(4, 7));
    expect(await stored()).toEqual(['1', '2', '3', '4']);
  });

  it('counts what it drops, once', async () => {
    const info = jest.spyOn(log, 'info');
    await take(record(1, 8), record(2, 7), record(3, 7));
    await take(record(3, 7), record(4, 8));
    const lines = info.mock.calls.map(([, fields]) => fields as { recordsFenced?: number });
    expect(lines.map(({ recordsFenced }) => recordsFenced)).toEqual([2, undefined]);
  });

  it('fails the batch on a state of a version that it does not know, leaves it, and goes on once it is readable', async () => {
    const key = { table: 'market-data', ...laneKey(LANE, 'archive-raw') } as const;
    const condition = { kind: 'none' } as const;
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const later = new SqliteStateStore(database, recordsAsGiven);
    const written = { v: 9, lastSequence: '0', state: ['0'] };
    await later.write({ kind: 'put', ...key, value: written, condition });
    const folded: string[] = [];
    const withIt = defineLaneFold<string[], null>('store-trades', new SqliteStateStore(database), {
      ...key,
      key: () => key,
      open: (known) => (known as string[] | undefined) ?? [],
      store: (sequences) => sequences,
      noEffects: () => null,
      fold: (_, { sequenceNumber }) => folded.push(sequenceNumber),
      emit: async () => {},
    });
    await expect(withIt({ Records: [record(1)] }, invocation)).rejects.toThrow(
      'version 9, this release reads',
    );
    expect(folded).toEqual([]);
    expect((await later.get(key.table, key))?.value).toEqual(written);
    await later.write({ kind: 'put', ...key, value: { ...written, v: 1 }, condition });
    await withIt({ Records: [record(1)] }, invocation);
    expect(folded).toEqual(['1']);
  });
});
