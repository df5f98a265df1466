import { describe, expect, it } from '@jest/globals';
import { USUAL_TOKEN_RULES } from '../../contracts/token-rules.ts';
import { parseEnvironment } from './environment.ts';
import { JwksTokenIssuer } from './jwks-token-issuer.ts';

const keySet = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'abc', kid: '1' }] };
const rules = { ...USUAL_TOKEN_RULES, algorithms: ['RS256'] };
const environment = (jwks: string, more: Readonly<Record<string, string>> = {}) =>
  parseEnvironment(
    {
      TOKEN_ISSUER: 'https://issuer',
      TOKEN_AUDIENCE: 'millrace, client-1',
      TOKEN_JWKS: jwks,
      TOKEN_RULES: JSON.stringify(rules),
      ...more,
    },
    [],
  );

function fetching(answers: readonly (() => Response)[]): { fetcher: typeof fetch; calls: () => number } {
  let calls = 0;
  return { fetcher: async () => answers[Math.min(calls++, answers.length - 1)]!(), calls: () => calls };
}

describe('JwksTokenIssuer', () => {
  it('takes keys that were given whole, without asking anybody', async () => {
    const { fetcher, calls } = fetching([() => new Response('')]);
    const issuer = new JwksTokenIssuer(environment(JSON.stringify(keySet)), fetcher);
    expect(await issuer.keys()).toEqual(keySet);
    expect({ issuer: issuer.issuer, audiences: issuer.audiences, rules: issuer.rules }).toEqual({
      issuer: 'https://issuer',
      audiences: ['millrace', 'client-1'],
      rules,
    });
    expect(calls()).toBe(0);
  });

  it.each([
    [{ TOKEN_RULES: '{}' }, 'TOKEN_RULES: expected the token rules of a stage as JSON'],
    [{ TOKEN_RULES: JSON.stringify({ ...rules, algorithms: ['HS256'] }) }, 'TOKEN_RULES: expected'],
    [{ TOKEN_RULES: JSON.stringify({ ...rules, algorithms: ['none'] }) }, 'TOKEN_RULES: expected'],
    [{ TOKEN_RULES: JSON.stringify({ ...rules, algorithms: [] }) }, 'TOKEN_RULES: expected'],
    [{ TOKEN_AUDIENCE: 'a,,b' }, 'TOKEN_AUDIENCE: expected 1 to 20 audiences separated by commas'],
  ])('does not start with %j', (more, message) => {
    expect(() => new JwksTokenIssuer(environment(JSON.stringify(keySet), more))).toThrow(message);
  });

  it('downloads keys whenever it is asked: who verifies keeps them, and asks again for a key that is new', async () => {
    const rotated = { keys: [...keySet.keys, { ...keySet.keys[0]!, kid: '2' }] };
    const { fetcher } = fetching([() => Response.json(keySet), () => Response.json(rotated)]);
    const issuer = new JwksTokenIssuer(environment('https://issuer/jwks.json'), fetcher);
    expect(await issuer.keys()).toEqual(keySet);
    expect(await issuer.keys()).toEqual(rotated);
  });

  it('believes nobody when the issuer cannot be read', async () => {
    const failing = new JwksTokenIssuer(
      environment('https://issuer/jwks.json'),
      fetching([() => new Response('', { status: 503 })]).fetcher,
    );
    await expect(failing.keys()).rejects.toThrow('https://issuer/jwks.json answered 503, expected a JWKS');
    const empty = new JwksTokenIssuer(environment('{"keys":[]}'));
    await expect(empty.keys()).rejects.toThrow('TOKEN_JWKS: expected a JWKS with 1 to 50 keys');
  });

  it('does not download keys in the clear', async () => {
    const { fetcher, calls } = fetching([() => Response.json(keySet)]);
    const issuer = new JwksTokenIssuer(environment('http://issuer/jwks.json'), fetcher);
    await expect(issuer.keys()).rejects.toThrow('TOKEN_JWKS: expected an https address or a JWKS');
    expect(calls()).toBe(0);
  });
});
