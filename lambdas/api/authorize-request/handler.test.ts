import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import {
  base64url,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { authorizerEvent } from '../../../embedded/http-server/proxy-event.ts';
import { USUAL_TOKEN_RULES, type TokenRules } from '../../../shared/contracts/token-rules.ts';
import type { TokenIssuer } from '../../../shared/ports/token-issuer.ts';
import { createHandler } from './handler.ts';

const NOW_MS = 1_723_161_600_000;
const NOW = NOW_MS / 1000;
const claims: JWTPayload = {
  iss: 'urn:test',
  aud: 'millrace',
  sub: 'alice',
  scope: 'millrace/viewer',
  iat: NOW,
  exp: NOW + 60,
};
const rules: TokenRules = { ...USUAL_TOKEN_RULES, algorithms: ['EdDSA'] };

let ours: { publicKey: JWK; privateKey: CryptoKey };
let foreign: { publicKey: JWK; privateKey: CryptoKey };
beforeAll(async () => {
  ours = await keyPair('ours');
  foreign = await keyPair('foreign');
});

async function keyPair(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  return { publicKey: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' }, privateKey };
}

const sign = async (payload: JWTPayload, key = ours, kid = 'ours') =>
  new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key.privateKey);

function issuerWith(keys: () => Promise<{ keys: JWK[] }>): TokenIssuer {
  return { issuer: 'urn:test', audiences: ['millrace'], rules, keys };
}

function authorizer(
  tokens: TokenIssuer = issuerWith(async () => ({ keys: [ours.publicKey] })),
  nowMs = () => NOW_MS,
) {
  const handler = createHandler({ tokens }, nowMs);
  return async (authorization: string) =>
    handler(authorizerEvent('GET', '/v1/orders', authorization), {
      awsRequestId: '00000000-0000-4000-8000-000000000000',
      getRemainingTimeInMillis: () => 5000,
    });
}

const unsigned = (header: object, payload: object) =>
  `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}`;

describe('a valid token', () => {
  it('opens what its role may use, and no more, because the answer is kept for other routes', async () => {
    const { principalId, policyDocument, context } = await authorizer()(`Bearer ${await sign(claims)}`);
    expect({ principalId, context }).toEqual({
      principalId: 'alice',
      context: { subject: 'alice', role: 'viewer' },
    });
    const [statement, ...others] = policyDocument.Statement;
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Action: 'execute-api:Invoke', Effect: 'Allow' });
    const { Resource } = statement as { Resource: string[] };
    const stage = 'arn:aws:execute-api:local:000000000000:millrace/embedded';
    expect(Resource).toContain(`${stage}/GET/v1/candles/*`);
    expect(Resource).toContain(`${stage}/POST/v1/socket-tickets`);
    expect(Resource.filter((arn) => arn.includes('/PUT/') || arn.endsWith('/*/*'))).toEqual([]);
  });

  it('that names no role of ours opens nothing, which is no doubt about who it is', async () => {
    const { policyDocument, context } = await authorizer()(
      `Bearer ${await sign({ ...claims, scope: 'openid' })}`,
    );
    expect(policyDocument.Statement).toMatchObject([{ Effect: 'Deny' }]);
    expect(context).toEqual({ subject: 'alice' });
  });

  it('may have been issued by a clock that is five seconds ahead', async () => {
    await expect(authorizer()(`Bearer ${await sign({ ...claims, nbf: NOW + 4 })}`)).resolves.toBeDefined();
    await expect(authorizer()(`Bearer ${await sign({ ...claims, nbf: NOW + 6 })}`)).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  it('is believed up to its expiry, and no longer', async () => {
    await expect(authorizer()(`Bearer ${await sign({ ...claims, exp: NOW + 1 })}`)).resolves.toBeDefined();
    await expect(authorizer()(`Bearer ${await sign({ ...claims, exp: NOW })}`)).rejects.toThrow(
      /^Unauthorized$/,
    );
  });
});

describe('a token is refused', () => {
  const bad: [string, () => Promise<string>][] = [
    ['that is missing', async () => ''],
    ['without its scheme', async () => sign(claims)],
    ['of another scheme', async () => `Basic ${await sign(claims)}`],
    ['that is no token', async () => 'Bearer nonsense'],
    ['that is too long', async () => `Bearer ${await sign({ ...claims, x: 'x'.repeat(8192) })}`],
    ['that is expired', async () => `Bearer ${await sign({ ...claims, exp: NOW - 60 })}`],
    ['that is not valid yet', async () => `Bearer ${await sign({ ...claims, nbf: NOW + 60 })}`],
    [
      'that never expires',
      async () => `Bearer ${await sign({ iss: 'urn:test', aud: 'millrace', sub: 'alice' })}`,
    ],
    ['of another issuer', async () => `Bearer ${await sign({ ...claims, iss: 'urn:other' })}`],
    ['for another audience', async () => `Bearer ${await sign({ ...claims, aud: 'other' })}`],
    [
      'without a subject',
      async () => `Bearer ${await sign({ iss: 'urn:test', aud: 'millrace', exp: NOW + 60 })}`,
    ],
    ['that does not say which key', async () => `Bearer ${await sign(claims, ours, '')}`],
    [
      'with a subject beyond 255 characters',
      async () => `Bearer ${await sign({ ...claims, sub: 'x'.repeat(256) })}`,
    ],
    ['with an empty subject', async () => `Bearer ${await sign({ ...claims, sub: '' })}`],
    ['signed with a foreign key', async () => `Bearer ${await sign(claims, foreign)}`],
    [
      'signed with a foreign key under its own name',
      async () => `Bearer ${await sign(claims, foreign, 'foreign')}`,
    ],
    ['whose claims were changed', async () => `Bearer ${await changed(claims)}`],
    ['of algorithm none', async () => `Bearer ${unsigned({ alg: 'none' }, claims)}.`],
    ['of algorithm none with a signature', async () => `Bearer ${unsigned({ alg: 'none' }, claims)}.AAAA`],
    ['signed by HMAC with the public key', async () => `Bearer ${hmac(claims)}`],
  ];

  async function changed(payload: JWTPayload): Promise<string> {
    const [header, , signature] = (await sign(payload)).split('.');
    return `${header}.${base64url.encode(JSON.stringify({ ...payload, sub: 'root' }))}.${signature}`;
  }

  function hmac(payload: JWTPayload): string {
    const text = unsigned({ alg: 'HS256', kid: 'ours' }, payload);
    return `${text}.${createHmac('sha256', ours.publicKey.x!).update(text).digest('base64url')}`;
  }

  it.each(bad)('%s', async (_, authorization) => {
    await expect(authorizer()(await authorization())).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the issuer’s keys', () => {
  it('of another kind sign nothing that we believe', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const published = { ...(await exportJWK(publicKey)), kid: 'p256', alg: 'ES256' };
    const authorize = authorizer(issuerWith(async () => ({ keys: [ours.publicKey, published] })));
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'p256' })
      .sign(privateKey);
    await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('that are none let nobody in, and are not the caller’s fault', async () => {
    const authorize = authorizer(issuerWith(async () => ({ keys: [{ ...ours.publicKey, x: 'AAAA' }] })));
    await expect(authorize(`Bearer ${await sign(claims)}`)).rejects.not.toThrow('Unauthorized');
  });

  it('are read once for many tokens, and again after five minutes', async () => {
    let reads = 0;
    let nowMs = NOW_MS;
    const tokens = issuerWith(async () => (reads++, { keys: [ours.publicKey] }));
    const authorize = authorizer(tokens, () => nowMs);
    const token = `Bearer ${await sign({ ...claims, exp: NOW + 3600 })}`;
    await authorize(token);
    await authorize(token);
    expect(reads).toBe(1);
    nowMs += 5 * 60_000;
    await authorize(token);
    expect(reads).toBe(2);
  });

  it('are read again for a key that is not known yet, but not for each forged token', async () => {
    let reads = 0;
    let nowMs = NOW_MS;
    let keys = [foreign.publicKey];
    const authorize = authorizer(
      issuerWith(async () => (reads++, { keys })),
      () => nowMs,
    );
    const token = `Bearer ${await sign({ ...claims, exp: NOW + 3600 })}`;
    await expect(authorize(token)).rejects.toThrow('Unauthorized');
    await expect(authorize(token)).rejects.toThrow('Unauthorized');
    expect(reads).toBe(1);
    keys = [foreign.publicKey, ours.publicKey];
    nowMs += 30_000;
    await expect(authorize(token)).resolves.toBeDefined();
    expect(reads).toBe(2);
  });

  it('that cannot be read let nobody in, and are not the caller’s fault', async () => {
    const authorize = authorizer(issuerWith(async () => Promise.reject(new Error('issuer down'))));
    await expect(authorize(`Bearer ${await sign(claims)}`)).rejects.toThrow('issuer down');
  });
});
