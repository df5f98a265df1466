import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { killSwitchKey, limitsKey } from '../../../shared/contracts/record-keys.ts';
import { killSwitchRecord } from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { DEFAULT_LIMITS } from '../../../shared/domain/risk/rules.ts';
import { ensureAccount } from '../../../shared/runtime/create-strategy.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  call = restClient(createHandler({ state }, () => 5000));
});

describe('risk limits', () => {
  it('have cautious values before the account is opened, are stored as they are shown, and by nobody who looks', async () => {
    const { body } = await call('GET /v1/risk/limits');
    expect(body).toMatchObject({ maxPositionNotional: null, maxDailyLossRatio: 0.2 });
    expect(await state.get('orders', limitsKey('paper'))).toBeNull();
    await ensureAccount(state, 'paper', 1);
    expect(limitsRecord.parse((await state.get('orders', limitsKey('paper')))?.value)).toEqual(body);
  });

  it('are set one by one: those that are not named stay as they are', async () => {
    const limits = { ...DEFAULT_LIMITS, maxPositionNotional: '5000', maxDailyLossRatio: 0.05 };
    const body = { maxPositionNotional: '5000', maxDailyLossRatio: 0.05 };
    expect((await call('PUT /v1/risk/limits', { body })).body).toEqual(limits);
    expect((await call('GET /v1/risk/limits')).body).toEqual(limits);
    await call('PUT /v1/risk/limits', { body: { maxDailyLossRatio: null } });
    expect((await call('GET /v1/risk/limits')).body).toEqual({ ...limits, maxDailyLossRatio: null });
  });

  it('that are set at the same time are both set', async () => {
    await Promise.all([
      call('PUT /v1/risk/limits', { body: { maxPositionNotional: '5000' } }),
      call('PUT /v1/risk/limits', { body: { maxDailyLossRatio: 0.05 } }),
    ]);
    expect((await call('GET /v1/risk/limits')).body).toMatchObject({
      maxPositionNotional: '5000',
      maxDailyLossRatio: 0.05,
    });
  });

  it.each([
    {},
    { maxPositionNotional: '-1' },
    { maxPositionNotional: '1e9' },
    { maxPositionNotional: 5000 },
    { maxDailyLossRatio: 1.01 },
    { maxDailyLossRatio: null, maxOrders: 3 },
  ])('stay as they are when %j is refused', async (body) => {
    expect((await call('PUT /v1/risk/limits', { body })).status).toBe(422);
    expect((await call('GET /v1/risk/limits')).body).toEqual(DEFAULT_LIMITS);
  });

  it('that are damaged are told as our error, and put right by a new value', async () => {
    await state.write({
      kind: 'put',
      table: 'orders',
      ...limitsKey('paper'),
      value: { a: 1 },
      condition: { kind: 'none' },
    });
    expect((await call('GET /v1/risk/limits')).status).toBe(500);
    await call('PUT /v1/risk/limits', { body: { maxPositionNotional: null, maxDailyLossRatio: null } });
    expect((await call('GET /v1/risk/limits')).status).toBe(200);
  });
});

describe('the kill switch', () => {
  it('is not engaged from the start', async () => {
    expect((await call('GET /v1/risk/kill-switch')).body).toMatchObject({ engaged: false });
  });

  it('records why, when, and whom the token named', async () => {
    const body = { engaged: true, reason: 'the feed looks wrong' };
    const answer = await call('PUT /v1/risk/kill-switch', { body, subject: 'bob' });
    expect(answer.body).toEqual({ ...body, by: 'bob', atMs: 5000 });
    expect(killSwitchRecord.parse((await state.get('orders', killSwitchKey('paper')))?.value)).toEqual(
      answer.body,
    );
    expect((await call('GET /v1/risk/kill-switch')).body).toEqual(answer.body);
  });

  it('can be engaged before there is anything else, and engaged twice', async () => {
    const body = { engaged: true, reason: 'now' };
    expect((await call('PUT /v1/risk/kill-switch', { body })).status).toBe(200);
    expect((await call('PUT /v1/risk/kill-switch', { body })).status).toBe(200);
  });

  it.each([
    { engaged: true },
    { engaged: true, reason: '  ' },
    { engaged: 'true', reason: 'x' },
    { engaged: true, reason: 'x', by: 'me' },
  ])('refuses %j', async (body) => {
    expect((await call('PUT /v1/risk/kill-switch', { body })).status).toBe(422);
  });
});
