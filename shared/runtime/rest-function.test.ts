import { afterEach, describe, expect, it } from '@jest/globals';
import { ConditionFailed } from '../ports/state-store.ts';
import { accountRecordOf } from '../contracts/account-records.ts';
import { plainAccount } from '../domain/accounts/account.ts';
import { DEFAULT_LIMITS } from '../domain/risk/rules.ts';
import { Unreachable } from '../ports/unreachable.ts';
import { restClient } from '../../test/support/rest-client.ts';
import { defineRestFunction } from './rest-function.ts';
import type { RestHandlers } from './rest-outcome.ts';

type RiskHandlers = RestHandlers<'manage-risk'>;

const limits = { ...DEFAULT_LIMITS, maxPositionNotional: '100', maxDailyLossRatio: 0.5 };
const killSwitch = { engaged: true, reason: 'test', by: 'alice', atMs: 0 };

/** A function whose outcomes a test chooses. */
function riskFunction(chosen: Partial<RiskHandlers> = {}) {
  return restClient(
    defineRestFunction('manage-risk', {
      'GET /v1/accounts': async () => ({ kind: 'done', body: { accounts: [] } }),
      'POST /v1/accounts': async ({ body }) => ({ kind: 'done', body }),
      'GET /v1/accounts/{accountId}': async ({ path: { accountId } }) => ({
        kind: 'done',
        body: accountRecordOf(plainAccount(accountId)),
      }),
      'GET /v1/risk/limits': async () => ({ kind: 'done', body: limits }),
      'PUT /v1/risk/limits': async ({ body }) => ({ kind: 'done', body }),
      'GET /v1/risk/rules': async () => ({ kind: 'done', body: { rules: [] } }),
      'GET /v1/risk/states': async () => ({ kind: 'done', body: { states: [] } }),
      'PUT /v1/risk/states': async () => ({ kind: 'done', body: { states: [] } }),
      'GET /v1/risk/kill-switch': async () => ({ kind: 'done', body: killSwitch }),
      'PUT /v1/risk/kill-switch': async ({ body, subject }) => ({
        kind: 'done',
        body: { ...body, by: subject, atMs: 0 },
      }),
      ...chosen,
    }),
  );
}

describe('a REST function', () => {
  it('answers as JSON that nobody on the way keeps or reads as anything else', async () => {
    const { status, headers, body } = await riskFunction()('GET /v1/risk/limits');
    expect(status).toBe(200);
    expect(body).toEqual(limits);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it('says when to ask again while a store cannot be reached', async () => {
    const call = riskFunction({
      'GET /v1/risk/limits': async () => {
        throw new Unreachable('ClickHouse', new Error('connect ECONNREFUSED 10.0.0.7:8443'));
      },
    });
    const { status, headers, problem } = await call('GET /v1/risk/limits');
    expect([status, headers?.['retry-after']]).toEqual([503, '5']);
    expect(problem).toMatchObject({ status: 503, detail: 'ClickHouse cannot be reached now: try again' });
  });

  it('gives its handler the parsed body and whom the token names', async () => {
    const call = { body: { engaged: true, reason: ' enough ' }, subject: 'bob' };
    const { body } = await riskFunction()('PUT /v1/risk/kill-switch', call);
    expect(body).toEqual({ engaged: true, reason: 'enough', by: 'bob', atMs: 0 });
  });

  it.each([
    ['{', 400, /^body: expected JSON: /],
    ['not json', 400, /^body: expected JSON: /],
    ['{"a":\n\n?}', 400, /^body: expected JSON: /],
    ['{"a\\nb":1}', 422, /^body/],
    ['[]', 422, /^body: expected object, received array/],
    ['null', 422, /^body: expected object, received null/],
    ['"text"', 422, /^body: expected object/],
    [
      '{"maxPositionNotional":"1e3","maxDailyLossRatio":null}',
      422,
      /^body\.maxPositionNotional: expected a canonical decimal/,
    ],
    ['{"maxPositionNotional":null,"maxDailyLossRatio":2}', 422, /^body\.maxDailyLossRatio: /],
    ['{"maxDailyLossRatio":"0.1"}', 422, /^body\.maxDailyLossRatio: /],
    ['{"maxPositionNotional":null,"maxDailyLossRatio":null,"__proto__":{}}', 422, /__proto__/],
    ['', 422, /^body: expected at least one limit/],
  ])('refuses the body %j with %d and one clear line', async (text, status, detail) => {
    const call = { body: text, headers: { 'content-type': 'application/json' } };
    const answer = await riskFunction()('PUT /v1/risk/limits', call);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.problem.detail).toMatch(detail);
    expect(answer.problem.detail).not.toContain('\n');
  });

  it('names every field that is wrong', async () => {
    const { problem } = await riskFunction()('PUT /v1/risk/limits', {
      body: { maxPositionNotional: 5, maxDailyLossRatio: -1 },
    });
    expect(problem.errors?.map(({ path }) => path)).toEqual(['maxPositionNotional', 'maxDailyLossRatio']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'refuses a body of type %j',
    async (contentType) => {
      const call = { body: JSON.stringify(limits), headers: { 'content-type': contentType } };
      const { status, problem } = await riskFunction()('PUT /v1/risk/limits', call);
      expect([status, problem.title]).toEqual([415, 'Unsupported Media Type']);
    },
  );

  it('takes JSON whatever the case and the parameters of its content type', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' };
    const { status } = await riskFunction()('PUT /v1/risk/limits', { body: limits, headers });
    expect(status).toBe(200);
  });

  it('refuses a body over 64 KB', async () => {
    const { status } = await riskFunction()('PUT /v1/risk/limits', {
      body: { surplus: 'x'.repeat(64 * 1024) },
    });
    expect(status).toBe(413);
  });

  it('refuses a body where none is expected, and a query that it does not know', async () => {
    const client = riskFunction();
    expect((await client('GET /v1/risk/limits', { body: { a: 1 } })).status).toBe(422);
    const { status, problem } = await client('GET /v1/risk/limits', { query: { verbose: '1' } });
    expect([status, problem.detail]).toEqual([400, 'query: unknown field "verbose"']);
  });

  it('refuses a parameter that is given twice', async () => {
    const { status, problem } = await riskFunction()('GET /v1/risk/limits', { query: 'a=1&a=2' });
    expect([status, problem.detail]).toEqual([400, 'query.a: expected once, given 2 times']);
  });

  it.each([
    [{ kind: 'not-found', detail: 'no such thing' }, 404],
    [{ kind: 'conflict', detail: 'not now' }, 409],
    [{ kind: 'unprocessable', detail: 'not like this' }, 422],
    [{ kind: 'bad-request', detail: 'what?' }, 400],
  ] as const)('turns %j into a problem with its status', async (outcome, status) => {
    const answer = await riskFunction({ 'GET /v1/risk/limits': async () => outcome })('GET /v1/risk/limits');
    expect(answer.status).toBe(status);
    expect(answer.problem).toMatchObject({ status, detail: outcome.detail });
  });

  it('answers 409 when somebody else was first', async () => {
    const lost = async () => Promise.reject(new ConditionFailed({ pk: 'ACCOUNT#paper', sk: 'LIMITS' }));
    const answer = await riskFunction({ 'GET /v1/risk/limits': lost })('GET /v1/risk/limits');
    expect(answer.status).toBe(409);
    expect(JSON.stringify(answer.problem)).not.toContain('ACCOUNT');
  });

  it('tells nothing of an unexpected error but where to find it in the log', async () => {
    const fail = async () => Promise.reject(new Error('password of table xyz'));
    const { status, problem } = await riskFunction({ 'GET /v1/risk/limits': fail })('GET /v1/risk/limits');
    expect(status).toBe(500);
    expect(problem.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(JSON.stringify(problem)).not.toMatch(/password|Error:|at /);
  });

  it('knows no route but its own', async () => {
    expect((await riskFunction()('GET /v1/orders')).status).toBe(404);
  });

  describe('told of an origin', () => {
    afterEach(() => {
      delete process.env['ALLOWED_ORIGIN'];
    });

    it('allows that one, and none otherwise', async () => {
      expect((await riskFunction()('GET /v1/risk/limits')).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
      process.env['ALLOWED_ORIGIN'] = 'https://desk.example.com';
      expect((await riskFunction()('GET /v1/risk/limits')).headers).toMatchObject({
        'access-control-allow-origin': 'https://desk.example.com',
        vary: 'origin',
      });
    });
  });
});
