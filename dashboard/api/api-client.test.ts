import { describe, expect, it } from '@jest/globals';
import { createApiClient, failureText, type ApiClient } from './api-client.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function clientThatHears(answer: () => Response | Promise<Response>): {
  client: ApiClient;
  sent: Sent[];
  refusedTokens: string[];
} {
  const sent: Sent[] = [];
  const refusedTokens: string[] = [];
  const client = createApiClient({
    token: 'the-token',
    onUnauthorized: (detail) => refusedTokens.push(detail),
    fetch: async (url, init) => {
      sent.push({ url: url as string, init: init ?? {} });
      return answer();
    },
  });
  return { client, sent, refusedTokens };
}

const json = (body: unknown, status = 200, type = 'application/json'): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
const problem = (status: number, detail: string, errors?: unknown): Response =>
  json({ type: 'about:blank', title: 'no', status, detail, errors }, status, 'application/problem+json');

describe('a call of the API', () => {
  it('fills in its path and query, and carries the token', async () => {
    const { client, sent } = clientThatHears(() => json({ items: [], next: null }));
    const answer = await client.call('GET /v1/candles/{pair}', {
      path: { pair: 'BTC-USDT' },
      query: { exchange: 'binance', interval: '1m', limit: 500, to: undefined },
    });
    expect(answer).toEqual({ kind: 'done', body: { items: [], next: null } });
    expect(sent[0]?.url).toBe('/v1/candles/BTC-USDT?exchange=binance&interval=1m&limit=500');
    expect(sent[0]?.init).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer the-token' } });
    expect(sent[0]?.init.body).toBeUndefined();
  });

  it('sends its body as JSON', async () => {
    const { client, sent } = clientThatHears(() => json({ engaged: true }));
    await client.call('PUT /v1/risk/kill-switch', { body: { engaged: true, reason: 'a drill' } });
    expect(sent[0]?.init.body).toBe('{"engaged":true,"reason":"a drill"}');
    expect(sent[0]?.init.headers).toMatchObject({ 'content-type': 'application/json' });
  });

  it('without an answer’s content is done all the same', async () => {
    const { client } = clientThatHears(() => new Response(null, { status: 204 }));
    expect(await client.call('DELETE /v1/strategies/{strategyId}', { path: { strategyId: 'x' } })).toEqual({
      kind: 'done',
      body: null,
    });
  });

  it('that is refused tells what the problem says', async () => {
    const { client } = clientThatHears(() => problem(409, 'this strategy instance exists'));
    const answer = await client.call('POST /v1/strategies', {});
    expect(answer).toEqual({
      kind: 'refused',
      status: 409,
      detail: 'this strategy instance exists',
      errors: [],
    });
  });

  it('with several wrong fields names each of them', async () => {
    const errors = [
      { path: 'capital', message: 'expected a decimal above zero' },
      { path: 'name', message: 'expected a string' },
    ];
    const { client } = clientThatHears(() => problem(422, 'body.capital: … (and 1 more)', errors));
    const answer = await client.call('POST /v1/strategies', {});
    expect(answer.kind === 'refused' && failureText(answer)).toBe(
      'capital: expected a decimal above zero; name: expected a string',
    );
  });

  it('whose token is not accepted says so to the page', async () => {
    const { client, refusedTokens } = clientThatHears(() => problem(401, 'the token has expired'));
    await client.call('GET /v1/portfolio');
    expect(refusedTokens).toEqual(['the token has expired']);
  });

  it.each<[string, () => Response | Promise<Response>, string]>([
    [
      'nobody answers',
      async () => Promise.reject(new TypeError('Failed to fetch')),
      'the platform cannot be reached',
    ],
    [
      'the answer takes too long',
      async () => Promise.reject(new DOMException('…', 'TimeoutError')),
      'the platform did not answer within 10 s',
    ],
    ['the answer is no JSON', () => new Response('<html>'), 'the platform answered what is no JSON'],
  ])('fails visibly when %s', async (_, answer, detail) => {
    const { client } = clientThatHears(answer);
    expect(await client.call('GET /v1/status')).toEqual({ kind: 'unreachable', detail });
  });

  it('that some proxy refuses tells at least the status', async () => {
    const { client } = clientThatHears(
      () => new Response('gone', { status: 502, statusText: 'Bad Gateway' }),
    );
    expect(await client.call('GET /v1/status')).toMatchObject({ kind: 'refused', detail: '502 Bad Gateway' });
  });
});
