import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { MAX_ACCOUNTS } from '../../../shared/contracts/account-routes.ts';
import { accountKey, killSwitchKey, limitsKey } from '../../../shared/contracts/record-keys.ts';
import { DEFAULT_LIMITS } from '../../../shared/domain/risk/rules.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { ensureAccount } from '../../../shared/runtime/accounts.ts';
import { readStops } from '../../../shared/runtime/read-stops.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  call = restClient(createHandler({ state }, () => 5000));
});

const open = async (fields: object = {}) =>
  call('POST /v1/accounts', { body: { accountId: 'slower', ...fields } });
const idsShown = async () => (await call('GET /v1/accounts')).body.accounts.map(({ accountId }) => accountId);

describe('accounts', () => {
  it('begin with the account paper, which nobody who looks writes', async () => {
    expect(await idsShown()).toEqual(['paper']);
    const path = { accountId: 'paper' };
    const shown = (await call('GET /v1/accounts/{accountId}', { path })).body;
    expect(shown).toMatchObject({ venue: 'paper', paper: { makerFee: '0.001', takerFee: '0.001' } });
    expect(await state.get('orders', accountKey('paper'))).toBeNull();
    await ensureAccount(state, 'paper', 1);
    expect((await call('GET /v1/accounts/{accountId}', { path })).body).toEqual(shown);
    expect(await idsShown()).toEqual(['paper']);
  });

  it('are opened with limits and a kill switch of their own, and what is not said of them is as of paper', async () => {
    const { status, body, headers } = await open({ paper: { makerFee: '0.0002' } });
    expect([status, headers['location']]).toEqual([201, '/v1/accounts/slower']);
    expect(body.paper).toMatchObject({ makerFee: '0.0002', takerFee: '0.001', fill: { takes: 'trade' } });
    expect(await idsShown()).toEqual(['paper', 'slower']);
    expect((await state.get('orders', limitsKey('slower')))?.value).toEqual(DEFAULT_LIMITS);
    expect(await readStops(state, 'slower')).toEqual({ killSwitchEngaged: false, states: [] });
  });

  it('are opened whole or not at all', async () => {
    const killSwitch = { ...killSwitchKey('slower'), table: 'orders' } as const;
    await state.write({ kind: 'put', ...killSwitch, value: {}, condition: { kind: 'none' } });
    expect((await open()).status).toBe(409);
    expect(await state.get('orders', limitsKey('slower'))).toBeNull();
    expect(await idsShown()).toEqual(['paper']);
  });

  it('are the same when they are asked for again, and refused when they are to be otherwise', async () => {
    const first = await open();
    expect(await open()).toMatchObject({ status: 201, body: first.body });
    const { status, problem } = await open({ paper: { takerFee: '0' } });
    expect([status, problem.detail]).toEqual([
      409,
      'account slower is there with other terms, and never changes',
    ]);
    expect((await open({ accountId: 'paper' })).status).toBe(201);
    expect((await open({ accountId: 'paper', paper: { takerFee: '0' } })).status).toBe(409);
  });

  it('are opened once, however many ask at once', async () => {
    const answers = await Promise.all(['0.1', '0.2', '0.3'].map((takerFee) => open({ paper: { takerFee } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('are bounded; those that are there are shown all the same', async () => {
    for (let n = 1; n < MAX_ACCOUNTS; n++) await open({ accountId: `a${n}` });
    expect(await open()).toMatchObject({ status: 409 });
    expect((await open({ accountId: 'a7' })).status).toBe(201);
    expect(await idsShown()).toHaveLength(MAX_ACCOUNTS);
  });

  it.each([
    { accountId: 'A' },
    { accountId: '-a' },
    { accountId: 'a:b' },
    { accountId: 'a#b' },
    { accountId: 'a'.repeat(41) },
    { venue: 'moon' },
    { paper: { takerFee: '0.5' } },
    { paper: { takerFee: 0.001 } },
    { paper: { slippage: { kind: 'fixed' } } },
    { paper: { latency: { baseMs: -1, jitterMs: 0, seed: 0 } } },
    { paper: { fill: { queue: { kind: 'chance', probability: 2 } } } },
    { paper: { fees: '1' } },
  ])('with %j are refused', async (fields) => {
    expect((await open(fields)).status).toBe(422);
    expect(await idsShown()).toEqual(['paper']);
  });

  it('that are not there are said to be unknown', async () => {
    const account = 'nobody';
    const answers = await Promise.all([
      call('GET /v1/accounts/{accountId}', { path: { accountId: account } }),
      call('GET /v1/risk/limits', { query: { account } }),
      call('PUT /v1/risk/limits', { query: { account }, body: { maxDailyLossRatio: null } }),
      call('GET /v1/risk/states', { query: { account } }),
      call('PUT /v1/risk/states', {
        query: { account },
        body: { scope: 'account', name: account, state: 'HALTED', reason: 'x' },
      }),
      call('GET /v1/risk/kill-switch', { query: { account } }),
      call('PUT /v1/risk/kill-switch', { query: { account }, body: { engaged: true, reason: 'x' } }),
    ]);
    for (const { status, problem } of answers)
      expect([status, problem.detail]).toEqual([404, 'no account nobody']);
    expect(await state.get('orders', killSwitchKey(account))).toBeNull();
  });
});

describe('the risk of an account', () => {
  const query = { account: 'slower' };
  beforeEach(async () => {
    await open();
  });

  it('has limits of its own', async () => {
    await call('PUT /v1/risk/limits', { query, body: { maxPositionNotional: '5' } });
    expect((await call('GET /v1/risk/limits', { query })).body).toMatchObject({ maxPositionNotional: '5' });
    expect((await call('GET /v1/risk/limits')).body).toMatchObject({ maxPositionNotional: null });
  });

  it('has a kill switch of its own', async () => {
    await call('PUT /v1/risk/kill-switch', { query, body: { engaged: true, reason: 'x' } });
    expect((await call('GET /v1/risk/kill-switch', { query })).body).toMatchObject({ engaged: true });
    expect((await call('GET /v1/risk/kill-switch')).body).toMatchObject({ engaged: false });
  });

  it('has states of its own, and none in the name of another', async () => {
    const halted = { scope: 'account', name: 'slower', state: 'HALTED', reason: 'x' } as const;
    expect((await call('PUT /v1/risk/states', { body: halted })).status).toBe(409);
    await call('PUT /v1/risk/states', { query, body: halted });
    expect((await call('GET /v1/risk/states', { query })).body.states).toHaveLength(1);
    expect((await call('GET /v1/risk/states')).body.states).toEqual([]);
  });
});
