import { beforeEach, describe, expect, it } from '@jest/globals';
import { base64url } from 'jose';
import { methodArnOf } from './proxy-event.ts';
import { RequestAuthorizer } from './request-authorizer.ts';

const NOW_MS = 1_000_000_000;
const tokenThatExpires = (expMs: number, name = 'a') =>
  `Bearer ${base64url.encode('{}')}.${base64url.encode(JSON.stringify({ exp: expMs / 1000, name }))}.x`;
const policy = (Effect: string) => ({
  principalId: 'alice',
  policyDocument: { Statement: [{ Effect, Resource: `${methodArnOf('GET', '/v1/')}*` }] },
  context: { subject: 'alice' },
});

let asked: number;
let nowMs: number;
beforeEach(() => {
  asked = 0;
  nowMs = NOW_MS;
});

const authorizerThat = (answers: () => unknown) =>
  new RequestAuthorizer(
    async () => {
      asked++;
      return answers();
    },
    () => nowMs,
  );
const authorize = async (authorizer: RequestAuthorizer, token: string | undefined) =>
  authorizer.authorize('GET', '/v1/orders', token);

describe('the gateway’s authorizer', () => {
  it('asks once about a token, and passes on whom it names', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    const token = tokenThatExpires(NOW_MS + 3_600_000);
    const allowed = { kind: 'allowed', context: { principalId: 'alice', subject: 'alice' } };
    expect(await authorize(authorizer, token)).toEqual(allowed);
    expect(await authorize(authorizer, token)).toEqual(allowed);
    expect(asked).toBe(1);
    await authorize(authorizer, tokenThatExpires(NOW_MS + 3_600_000, 'b'));
    expect(asked).toBe(2);
  });

  it('asks again after five minutes', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    const token = tokenThatExpires(NOW_MS + 3_600_000);
    await authorize(authorizer, token);
    nowMs += 299_999;
    await authorize(authorizer, token);
    expect(asked).toBe(1);
    nowMs += 1;
    await authorize(authorizer, token);
    expect(asked).toBe(2);
  });

  it('never relies on an answer beyond the token’s expiry', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    const token = tokenThatExpires(NOW_MS + 1000);
    await authorize(authorizer, token);
    nowMs += 1000;
    await authorize(authorizer, token);
    expect(asked).toBe(2);
  });

  it('remembers a bounded number of tokens', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    const tokens = Array.from({ length: 1001 }, (_, i) => tokenThatExpires(NOW_MS + 60_000, String(i)));
    for (const token of tokens) await authorize(authorizer, token);
    await authorize(authorizer, tokens.at(-1));
    expect(asked).toBe(1001);
    await authorize(authorizer, tokens[0]);
    expect(asked).toBe(1002);
  });

  it('asks nobody when there is no token', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    expect(await authorize(authorizer, undefined)).toEqual({ kind: 'unauthorized' });
    expect(await authorize(authorizer, '')).toEqual({ kind: 'unauthorized' });
    expect(asked).toBe(0);
  });

  it('takes the error Unauthorized for a refusal, and does not remember it', async () => {
    const authorizer = authorizerThat(() => {
      throw new Error('Unauthorized');
    });
    expect(await authorize(authorizer, 'Bearer x')).toEqual({ kind: 'unauthorized' });
    await authorize(authorizer, 'Bearer x');
    expect(asked).toBe(2);
  });

  it('lets nobody in by a policy that does not allow', async () => {
    expect(
      await authorize(
        authorizerThat(() => policy('Deny')),
        'Bearer x',
      ),
    ).toEqual({ kind: 'forbidden' });
    const empty = { principalId: 'a', policyDocument: { Statement: [] } };
    expect(
      await authorize(
        authorizerThat(() => empty),
        'Bearer x',
      ),
    ).toEqual({ kind: 'forbidden' });
  });

  it('holds each request against the policy that it remembers', async () => {
    const authorizer = authorizerThat(() => policy('Allow'));
    const token = tokenThatExpires(NOW_MS + 3_600_000);
    expect(await authorize(authorizer, token)).toMatchObject({ kind: 'allowed' });
    expect(await authorizer.authorize('PUT', '/v1/orders', token)).toEqual({ kind: 'forbidden' });
    expect(await authorizer.authorize('GET', '/v2/orders', token)).toEqual({ kind: 'forbidden' });
    expect(asked).toBe(1);
  });

  it('passes any other error on', async () => {
    const authorizer = authorizerThat(() => {
      throw new Error('issuer down');
    });
    await expect(authorize(authorizer, 'Bearer x')).rejects.toThrow('issuer down');
  });
});
