/**
 * Every route × role × fault of a token, generated from the topology: over the embedded server, by the policy that
 * API Gateway is given, and past both, at the function itself.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import {
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';
import { allows } from '../../embedded/http-server/access-policy.ts';
import { startHttpServer, type HttpServer } from '../../embedded/http-server/http-server.ts';
import { proxyEvent } from '../../embedded/http-server/proxy-event.ts';
import { SocketPusher } from '../../embedded/http-server/socket-pusher.ts';
import { createHandler as authorizeRequest } from '../../lambdas/api/authorize-request/handler.ts';
import { parseEnvironment } from '../../shared/adapters/aws/environment.ts';
import { JwksTokenIssuer } from '../../shared/adapters/aws/jwks-token-issuer.ts';
import { isRoute } from '../../shared/contracts/api.ts';
import { problem } from '../../shared/contracts/problem.ts';
import { reaches, ROLES, type Role } from '../../shared/contracts/roles.ts';
import { USUAL_TOKEN_RULES, type TokenRules } from '../../shared/contracts/token-rules.ts';
import { defineRestFunction } from '../../shared/runtime/rest-function.ts';
import type { RouteDefinition } from '../../shared/topology-schema.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { send } from '../support/http-platform.ts';

const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example';
const CLIENT = '1example23456789';
const AUDIENCE = 'https://millrace.example';
const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live';
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
const routes: readonly RouteDefinition[] = topology.routes;

type Algorithm = (typeof ALGORITHMS)[number];
type Claims = Readonly<Record<string, unknown>>;
interface KeyOfIssuer {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(alg: Algorithm, kid = `key-${alg}`): Promise<KeyOfIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

/** The issuer's own RSA key, for an algorithm that it fits and that nobody asked for. */
async function otherRsa(): Promise<KeyOfIssuer> {
  const { privateKey, ...key } = keys.get('RS256')!;
  const imported = (await importJWK(await exportJWK(privateKey), 'RS512')) as CryptoKey;
  return { ...key, privateKey: imported };
}

const keys = new Map<Algorithm, KeyOfIssuer>();
const foreign = new Map<Algorithm, KeyOfIssuer>();
let issuer: Server;
let server: HttpServer;
/** By algorithm that the stage believes. */
let authorizers: ReadonlyMap<string, (token: string, methodArn?: string) => Promise<unknown>>;

const invocation = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 5000 };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Signs as the issuer does, but for what the claims and header say otherwise. */
async function sign(
  claims: Claims,
  key: KeyOfIssuer,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const issued = { iss: ISSUER, sub: 'alice', iat: nowSeconds(), exp: nowSeconds() + 600, ...claims };
  const known = Object.fromEntries(Object.entries(issued).filter(([, value]) => value !== undefined));
  return new SignJWT(known)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

/** Tokens as issuers write them. */
const KINDS: Readonly<Record<string, (role: Role) => Promise<string>>> = {
  'an RS256 access token of Cognito with groups': async (role) =>
    sign(
      {
        token_use: 'access',
        client_id: CLIENT,
        scope: 'aws.cognito.signin.user.admin',
        'cognito:groups': [`millrace-${role}`],
      },
      keys.get('RS256')!,
    ),
  'an RS256 access token of Cognito with scopes': async (role) =>
    sign({ token_use: 'access', client_id: CLIENT, scope: `openid millrace/${role}` }, keys.get('RS256')!),
  'an ES256 token of RFC 9068': async (role) =>
    sign({ aud: [AUDIENCE, 'other'], scope: `openid millrace:${role}` }, keys.get('ES256')!, {
      typ: 'at+jwt',
    }),
  'an RS256 token with scp and roles, which agree': async (role) =>
    sign({ aud: AUDIENCE, scp: [`millrace/${role}`], roles: [`millrace-${role}`] }, keys.get('RS256')!),
  'an EdDSA token': async (role) => sign({ aud: AUDIENCE, groups: [`millrace-${role}`] }, keys.get('EdDSA')!),
};

const rightOf = (role: Role): Claims => ({ aud: AUDIENCE, scope: `millrace/${role}` });

function assemble(header: object, claims: object, signature: string): string {
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(claims))}.${signature}`;
}

async function hmac(role: Role): Promise<string> {
  const claims = { iss: ISSUER, sub: 'alice', exp: nowSeconds() + 600, ...rightOf(role) };
  const text = assemble({ alg: 'HS256', kid: 'key-RS256' }, claims, '').slice(0, -1);
  const secret = await exportSPKI(keys.get('RS256')!.publicKey);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function tampered(role: Role): Promise<string> {
  const [header, payload, signature] = (await sign(rightOf('viewer'), keys.get('ES256')!)).split('.');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString('utf8')) as object;
  return `${header}.${base64url.encode(JSON.stringify({ ...claims, sub: 'root', scope: `millrace/${role}` }))}.${signature}`;
}

/** Each would open the route, were it not for the fault. */
const FAULTS: Readonly<Record<string, (role: Role) => Promise<string>>> = {
  missing: async () => '',
  garbage: async () => 'nonsense',
  'garbage in three parts': async () => 'a.b.c',
  expired: async (role) => sign({ ...rightOf(role), exp: nowSeconds() - 1 }, keys.get('RS256')!),
  'without an end': async (role) => sign({ ...rightOf(role), exp: undefined }, keys.get('RS256')!),
  'not valid yet': async (role) => sign({ ...rightOf(role), nbf: nowSeconds() + 60 }, keys.get('RS256')!),
  'of another issuer': async (role) => sign({ ...rightOf(role), iss: 'https://other' }, keys.get('RS256')!),
  'for another audience': async (role) => sign({ ...rightOf(role), aud: 'other' }, keys.get('RS256')!),
  'for nobody': async (role) => sign({ ...rightOf(role), aud: undefined }, keys.get('RS256')!),
  'of another client': async (role) =>
    sign({ scope: `millrace/${role}`, token_use: 'access', client_id: 'other' }, keys.get('RS256')!),
  'of our client, for another resource': async (role) =>
    sign({ ...rightOf(role), aud: 'other', token_use: 'access', client_id: CLIENT }, keys.get('RS256')!),
  'a client id outside an access token': async (role) =>
    sign({ scope: `millrace/${role}`, client_id: CLIENT }, keys.get('RS256')!),
  'an ID token': async (role) => sign({ ...rightOf(role), aud: CLIENT, token_use: 'id' }, keys.get('RS256')!),
  'without a subject': async (role) => sign({ ...rightOf(role), sub: undefined }, keys.get('RS256')!),
  'of a wrong key under the right name': async (role) =>
    sign(rightOf(role), { ...foreign.get('RS256')!, kid: 'key-RS256' }),
  'of a key that is not known': async (role) => sign(rightOf(role), foreign.get('ES256')!),
  'without the name of its key': async (role) => sign(rightOf(role), keys.get('RS256')!, { kid: undefined }),
  'with its own key in its header': async (role) =>
    sign(rightOf(role), foreign.get('RS256')!, { kid: undefined, jwk: foreign.get('RS256')!.jwk }),
  'of an algorithm that is not in the list': async (role) =>
    sign(rightOf(role), await otherRsa(), { alg: 'RS512' }),
  'that names the key of another algorithm': async (role) =>
    sign(rightOf(role), { ...keys.get('ES256')!, kid: 'key-RS256' }),
  'HMAC with the public key': hmac,
  'of algorithm none': async (role) =>
    assemble(
      { alg: 'none', kid: 'key-RS256' },
      { iss: ISSUER, sub: 'a', exp: nowSeconds() + 60, ...rightOf(role) },
      '',
    ),
  tampered,
};

/** Who is genuine, and named by the issuer as something that is none of our roles. */
const NO_ROLE: Readonly<Record<string, () => Promise<string>>> = {
  'no scope and no group': async () => sign({ aud: AUDIENCE }, keys.get('RS256')!),
  'names of other applications': async () =>
    sign(
      { aud: AUDIENCE, scope: 'operator admin', groups: ['operator'], roles: 'other/operator' },
      keys.get('RS256')!,
    ),
  'names that only look like ours': async () =>
    sign(
      { aud: AUDIENCE, groups: ['Millrace-Operator', 'millrace-operators', 'millrace-operator '] },
      keys.get('RS256')!,
    ),
};

const EXAMPLES: Readonly<Record<string, string>> = { pair: 'BTC-USDT' };
const addressOf = ({ path }: RouteDefinition): string =>
  path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => EXAMPLES[name] ?? '3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11',
  );
const guarded = routes.filter((route) => route.open !== true);
const nameOf = ({ method, path }: RouteDefinition): string => `${method} ${path}`;

const rules = (algorithms: TokenRules['algorithms']): TokenRules => ({ ...USUAL_TOKEN_RULES, algorithms });

beforeAll(async () => {
  for (const alg of ALGORITHMS) {
    keys.set(alg, await makeKey(alg));
    foreign.set(alg, await makeKey(alg, `foreign-${alg}`));
  }
  issuer = createServer((_, response) => {
    response.end(JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const { port } = issuer.address() as AddressInfo;
  const authorizerOf = (algorithms: TokenRules['algorithms']) => {
    const environment = parseEnvironment(
      {
        TOKEN_ISSUER: ISSUER,
        TOKEN_AUDIENCE: `${AUDIENCE},${CLIENT}`,
        TOKEN_JWKS: `https://127.0.0.1:${port}/.well-known/jwks.json`,
        TOKEN_RULES: JSON.stringify(rules(algorithms)),
      },
      [],
    );
    // A certificate for this machine would be one that nobody trusts: the same request, in the clear.
    const inTheClear: typeof fetch = async (url, init) =>
      fetch((url as string).replace(/^https:/, 'http:'), init);
    return authorizeRequest({ tokens: new JwksTokenIssuer(environment, inTheClear) });
  };
  const asFunction =
    (handler: ReturnType<typeof authorizerOf>) =>
    async (token: string, methodArn = `${STAGE}/GET/v1/orders`) =>
      handler({ type: 'TOKEN', authorizationToken: token, methodArn }, invocation);
  authorizers = new Map([
    ['all', asFunction(authorizerOf([...ALGORITHMS]))],
    ...ALGORITHMS.map((alg) => [alg, asFunction(authorizerOf([alg]))] as const),
  ]);
  const authorizer = authorizerOf([...ALGORITHMS]);
  server = await startHttpServer({
    port: 0,
    invoke: async (name: FunctionName, event: unknown) =>
      name === topology.authorizer
        ? authorizer(event as Parameters<typeof authorizer>[0], invocation)
        : { statusCode: 299, headers: {}, body: '' },
    pusher: new SocketPusher(),
    staticFiles: { get: async () => null },
  });
});
afterAll(async () => {
  await server.close();
  issuer.close();
});

async function ask(route: RouteDefinition, token: string) {
  return send(server, route.method, addressOf(route), {
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  });
}

async function policyOf(token: string): Promise<APIGatewayAuthorizerResult> {
  return (await authorizers.get('all')!(`Bearer ${token}`)) as APIGatewayAuthorizerResult;
}

const table = guarded.map((route) => [nameOf(route), route] as const);

describe.each(table)('%s', (_, route) => {
  it.each(Object.keys(KINDS))('lets in the roles that the topology says, with %s', async (kind) => {
    for (const role of ROLES) {
      const token = await KINDS[kind]!(role);
      const expected = reaches(role, route.role) ? 299 : 403;
      const answer = await ask(route, token);
      expect([role, answer.status]).toEqual([role, expected]);
      if (expected === 403) {
        expect(problem.parse(answer.body)).toMatchObject({
          status: 403,
          detail: 'token: it does not allow this',
        });
        expect(answer.headers['content-type']).toBe('application/problem+json');
      }
      const { policyDocument } = await policyOf(token);
      expect(allows(policyDocument, `${STAGE}/${route.method}${addressOf(route)}`)).toBe(expected === 299);
    }
  });

  it.each(Object.keys(FAULTS))('refuses a token that is wrong: %s', async (fault) => {
    for (const role of ROLES) {
      const token = await FAULTS[fault]!(role);
      const answer = await ask(route, token);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(problem.parse(answer.body).status).toBe(401);
      await expect(policyOf(token)).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it.each(Object.keys(NO_ROLE))('is forbidden to a genuine token with %s', async (kind) => {
    const token = await NO_ROLE[kind]!();
    expect((await ask(route, token)).status).toBe(403);
    const { policyDocument } = await policyOf(token);
    expect(allows(policyDocument, `${STAGE}/${route.method}${addressOf(route)}`)).toBe(false);
  });

  it('asks for the role once more in its function, whatever the gateway let through', async () => {
    const name = nameOf(route);
    if (!isRoute(name)) throw new Error(name);
    const done = async () => Promise.reject(new Error('reached'));
    const handler = defineRestFunction(route.function as 'manage-risk', { [name]: done } as never);
    for (const role of [...ROLES, undefined, '', 'root', ['operator']]) {
      const event = proxyEvent({
        requestId: randomUUID(),
        method: route.method,
        resource: route.path,
        path: addressOf(route),
        pathParameters: {},
        query: new URLSearchParams(),
        headers: {},
        body: '',
        sourceIp: '127.0.0.1',
        authorizer: { subject: 'alice', role },
      });
      const { statusCode } = await handler(event, invocation);
      const may = typeof role === 'string' && reaches(role as Role, route.role);
      if (may) expect(statusCode).not.toBe(403);
      else expect(statusCode).toBe(403);
    }
  });
});

describe('a policy', () => {
  it('fits what API Gateway takes', async () => {
    const policy = await policyOf(await KINDS['an EdDSA token']!('operator'));
    expect(JSON.stringify(policy.policyDocument).length).toBeLessThan(8192);
  });

  it('allows of two kinds of names the lesser, and of two of a kind the greater', async () => {
    const roleFor = async (claims: Claims) =>
      (await policyOf(await sign({ aud: AUDIENCE, ...claims }, keys.get('RS256')!))).context?.['role'];
    expect(await roleFor({ scope: 'millrace/viewer', groups: ['millrace-operator'] })).toBe('viewer');
    expect(await roleFor({ scope: 'millrace/operator', groups: ['millrace-trader'] })).toBe('trader');
    expect(await roleFor({ scope: 'openid', groups: ['millrace-operator'] })).toBe('operator');
    expect(await roleFor({ scope: 'millrace/viewer millrace/trader' })).toBe('trader');
    expect(await roleFor({ scp: ['millrace/viewer', 7, null], roles: { operator: true } })).toBe('viewer');
  });
});

describe.each(ALGORITHMS)('a stage that believes %s alone', (believed) => {
  it.each(ALGORITHMS)('judges a token of %s accordingly', async (alg) => {
    const judged = authorizers.get(believed)!(`Bearer ${await sign(rightOf('viewer'), keys.get(alg)!)}`);
    if (alg === believed) await expect(judged).resolves.toMatchObject({ context: { role: 'viewer' } });
    else await expect(judged).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the topology', () => {
  it('gives viewers what is read, and the way to hear it live', () => {
    const writing = guarded.filter(({ method, role }) => role === 'viewer' && method !== 'GET').map(nameOf);
    expect(writing).toEqual(['POST /v1/socket-tickets']);
    expect(guarded.filter(({ method, role }) => method === 'GET' && role !== 'viewer')).toEqual([]);
  });

  it('keeps accounts, limits, the kill switch and redrives for operators', () => {
    expect(guarded.filter(({ role }) => role === 'operator').map(nameOf)).toEqual([
      'POST /v1/accounts',
      'PUT /v1/risk/limits',
      'PUT /v1/risk/states',
      'PUT /v1/risk/kill-switch',
      'POST /v1/quarantine/{id}/redrive',
      'POST /v1/given-up/redrive',
    ]);
  });
});
