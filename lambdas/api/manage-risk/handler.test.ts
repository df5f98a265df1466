import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { killSwitchKey, limitsKey, statesKey } from '../../../shared/contracts/record-keys.ts';
import { killSwitchRecord } from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { DEFAULT_LIMITS } from '../../../shared/domain/risk/rules.ts';
import { ensureAccount } from '../../../shared/runtime/accounts.ts';
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

describe('trading states', () => {
  const halted = {
    scope: 'instrument',
    name: 'binance:BTC-USDT',
    state: 'HALTED',
    reason: 'the feed looks wrong',
    untilMs: 60_000,
  } as const;
  const set = async (body: object, subject = 'bob') => call('PUT /v1/risk/states', { body, subject });
  const shown = async () => (await call('GET /v1/risk/states')).body.states;

  it('are none from the start', async () => {
    expect(await shown()).toEqual([]);
  });

  it('are set beside one another, with who, why, when and until when, and lifted by ACTIVE', async () => {
    const reducing = { scope: 'account', name: 'paper', state: 'REDUCING', reason: 'over the weekend' };
    await Promise.all([set(halted), set(reducing)]);
    expect(await shown()).toEqual([
      { ...halted, by: 'bob', atMs: 5000 },
      { ...reducing, by: 'bob', atMs: 5000, untilMs: null },
    ]);
    await set({ ...halted, state: 'ACTIVE' });
    expect((await shown()).map(({ scope }) => scope)).toEqual(['account']);
  });

  it('are not shown when they are over', async () => {
    await set({ ...halted, untilMs: 5000 });
    expect(await shown()).toEqual([]);
  });

  it.each([
    { scope: 'account', name: 'Somebody' },
    { scope: 'strategy', name: 'ma-crossover' },
    { scope: 'instrument', name: 'BTCUSDT' },
    { scope: 'market' },
    { state: 'PAUSED' },
    { reason: ' ' },
    { untilMs: 'tomorrow' },
  ])('stay as they are when %j is refused', async (wrong) => {
    expect((await set({ ...halted, ...wrong })).status).toBe(422);
    expect(await shown()).toEqual([]);
  });

  it('are bounded', async () => {
    for (let n = 0; n < 200; n++) await set({ ...halted, name: `binance:A${n}-USDT` });
    const answer = await set({ ...halted, name: 'binance:B-USDT' });
    expect([answer.status, answer.problem.detail]).toEqual([
      409,
      '200 states are set: lift one first, or halt the account',
    ]);
    expect((await set({ ...halted, name: 'binance:A7-USDT', state: 'REDUCING' })).status).toBe(200);
  });

  it('that are damaged are told as our error, and put right by setting one', async () => {
    const place = { table: 'orders', ...statesKey('paper') } as const;
    await state.write({ kind: 'put', ...place, value: { states: 1 }, condition: { kind: 'none' } });
    expect((await call('GET /v1/risk/states')).status).toBe(500);
    await set(halted);
    expect(await shown()).toHaveLength(1);
  });
});

describe('the rules', () => {
  it('tell a form all that it needs, in the order in which they are asked', async () => {
    const { rules } = (await call('GET /v1/risk/rules')).body;
    expect(rules.map(({ key }) => key)).toEqual(Object.keys(DEFAULT_LIMITS));
    const defaults = Object.fromEntries(rules.map((rule) => [rule.key, rule.default]));
    expect(defaults).toEqual(DEFAULT_LIMITS);
  });
});
