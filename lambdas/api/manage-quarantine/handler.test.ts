import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { quarantineKey } from '../../../shared/contracts/record-keys.ts';
import { parseLaneRecord } from '../../../shared/contracts/stream-records.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { StreamRecord } from '../../../shared/ports/stream-writer.ts';
import { quarantine, type Poison } from '../../../shared/runtime/quarantine.ts';
import { createHandler } from './handler.ts';

const BTC = 'binance:BTC-USDT';
const poison: Poison = {
  kind: 'trade',
  cause: 'price: expected a decimal above zero, got "-1"',
  payload: JSON.stringify({
    instrumentId: BTC,
    row: [3, '17', '-1', '0.5', 'S', 1_723_161_600_000, 1_723_161_600_250],
  }),
  instrumentId: BTC,
  lane: laneOf(BTC),
  functionName: 'store-trades',
};

let state: StateStore;
let appended: StreamRecord[];
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  appended = [];
  const streams = {
    append: async (_stream: string, records: readonly StreamRecord[]) => void appended.push(...records),
  };
  call = restClient(createHandler({ state, streams }, () => 9000));
});

async function setAside(fields: Partial<Poison> = {}, atMs = 1000): Promise<string> {
  await quarantine(state, { ...poison, ...fields }, atMs);
  const { body } = await call('GET /v1/quarantine');
  return body.items[0]!.id;
}
const redrive = async (id: string, fix?: object) =>
  call('POST /v1/quarantine/{id}/redrive', { path: { id }, ...(fix === undefined ? {} : { body: { fix } }) });

describe('the quarantine', () => {
  it('shows what was set aside, newest first, with its cause', async () => {
    await setAside({ payload: 'a' }, 1000);
    await setAside({ payload: 'b' }, 2000);
    const { body } = await call('GET /v1/quarantine');
    expect(body.items.map(({ payload }) => payload)).toEqual(['b', 'a']);
    expect(body.items[0]).toMatchObject({
      status: 'QUARANTINED',
      cause: poison.cause,
      quarantinedAtMs: 2000,
    });
  });

  it('refuses a status that there is not', async () => {
    expect((await call('GET /v1/quarantine', { query: 'status=LOST' })).status).toBe(400);
  });
});

describe('a page of the quarantine', () => {
  it('is followed by the next of the same list, and of no other', async () => {
    await setAside({ payload: 'a' }, 1000);
    await setAside({ payload: 'b' }, 2000);
    const { next } = (await call('GET /v1/quarantine', { query: 'limit=1' })).body;
    const second = await call('GET /v1/quarantine', { query: `limit=1&after=${next}` });
    expect(second.body).toMatchObject({ items: [{ payload: 'a' }], next: null });

    const foreign = await call('GET /v1/quarantine', { query: `status=REDRIVEN&after=${next}` });
    const garbage = await call('GET /v1/quarantine', { query: 'after=garbage' });
    for (const { status, problem } of [foreign, garbage]) {
      const detail = 'query.after: expected `next` of a page of this listing';
      expect([status, problem]).toMatchObject([400, { status: 400, detail }]);
    }
  });
});

describe('redriving a trade', () => {
  it('sends it with its fix through its own lane, once, proving nothing of the market', async () => {
    const { status, body } = await redrive(await setAside(), { price: '61837.5' });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'REDRIVEN', redrivenAtMs: 9000, fix: { price: '61837.5' } });
    expect(appended).toHaveLength(1);
    expect(appended[0]!.partitionKey).toBe(laneOf(BTC));
    const record = parseLaneRecord(Buffer.from(appended[0]!.data).toString('utf8'));
    expect(record).toEqual({
      kind: 'trades',
      lane: laneOf(BTC),
      fence: null,
      sessionId: 'redrive',
      instruments: [BTC],
      trades: [
        {
          instrumentId: BTC,
          tradeId: 17,
          price: decimal('61837.5'),
          quantity: decimal('0.5'),
          takerSide: 'SELL',
          timeMs: 1_723_161_600_000,
          receivedAtMs: 1_723_161_600_250,
        },
      ],
      poison: [],
      laneWatermarkMs: null,
      watermarks: [],
    });
  });

  it('takes it off the one list and puts it on the other', async () => {
    const id = await setAside();
    await redrive(id, { price: '1' });
    expect((await call('GET /v1/quarantine')).body.items).toEqual([]);
    expect((await call('GET /v1/quarantine', { query: 'status=REDRIVEN' })).body.items).toMatchObject([
      { id },
    ]);
  });

  it('can mend every field of it', async () => {
    const id = await setAside({ payload: JSON.stringify({ instrumentId: BTC, row: 'nonsense' }) });
    const fix = { price: '2', quantity: '3', tradeId: '18', side: 'BUY', timeMs: 500 };
    expect((await redrive(id, fix)).status).toBe(200);
    const record = parseLaneRecord(Buffer.from(appended[0]!.data).toString('utf8'));
    expect(record).toMatchObject({
      trades: [{ tradeId: 18, takerSide: 'BUY', timeMs: 500, receivedAtMs: 1000 }],
      poison: [],
    });
  });

  it.each([
    [undefined, /price: expected a decimal above zero, got "-1"/],
    [{ quantity: '1' }, /price/],
    [{ price: '0' }, /price: expected a decimal above zero, got "0"/],
    [{ price: '1e5' }, /price/],
    [{ price: '1', tradeId: 'x' }, /trade id/],
  ])('with the fix %j is refused, and nothing is written', async (fix, detail) => {
    const id = await setAside();
    const { status, problem } = await redrive(id, fix);
    expect(status).toBe(422);
    expect(problem.detail).toMatch(detail);
    expect(appended).toEqual([]);
    expect((await state.get('operations', quarantineKey(id)))?.version).toBe(1);
  });

  it('refuses a fix with fields that a trade has not', async () => {
    expect((await redrive(await setAside(), { instrumentId: BTC })).status).toBe(422);
    expect((await redrive(await setAside(), { price: 5 })).status).toBe(422);
  });

  it('twice is a conflict', async () => {
    const id = await setAside();
    expect((await redrive(id, { price: '1' })).status).toBe(200);
    expect((await redrive(id, { price: '1' })).status).toBe(409);
    expect(appended).toHaveLength(1);
  });

  it.each(['record', 'message'] as const)('is not for a %s', async (kind) => {
    const { status, problem } = await redrive(await setAside({ kind, payload: '{', instrumentId: null }));
    expect([status, problem.detail]).toEqual([422, `a ${kind} cannot be sent again, only a trade`]);
  });

  it('leaves it in quarantine when the stream does not take it', async () => {
    const id = await setAside();
    const streams = { append: async () => Promise.reject(new Error('no stream')) };
    const failing = restClient(createHandler({ state, streams }));
    const answer = await failing('POST /v1/quarantine/{id}/redrive', {
      path: { id },
      body: { fix: { price: '1' } },
    });
    expect(answer.status).toBe(500);
    expect((await call('GET /v1/quarantine')).body.items).toMatchObject([{ id, status: 'QUARANTINED' }]);
  });

  it('needs an id that is there', async () => {
    expect((await redrive('no-such')).status).toBe(404);
    expect((await redrive('not/an/id')).status).toBe(400);
  });
});
