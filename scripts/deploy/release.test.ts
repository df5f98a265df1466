import { describe, expect, it } from '@jest/globals';
import { releaseName, type ReleaseFacts } from './release.ts';

const stack = {
  name: 'millrace-prod-api',
  part: 'api',
  template: {
    Parameters: {
      TokenJwks: { Type: 'String' },
      TokenIssuer: { Type: 'String', Default: 'millrace' },
      Table: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/millrace/prod/tables/state' },
    },
  },
};
const facts: ReleaseFacts = {
  context: { alarmEmail: 'you@example.com' },
  given: new Map([['TokenJwks', 'https://a/jwks']]),
  kept: new Map(),
  published: new Map([['/millrace/prod/tables/state', 'state-1']]),
};
const nameWith = (changed: Partial<ReleaseFacts>): string => releaseName(stack, { ...facts, ...changed });

describe('the name of a release', () => {
  it('is another one with another parameter, another looked-up name or another context', () => {
    const names = [
      nameWith({}),
      nameWith({ given: new Map([['TokenJwks', 'https://b/jwks']]) }),
      nameWith({ given: new Map([...facts.given, ['TokenIssuer', 'other']]) }),
      nameWith({ published: new Map([['/millrace/prod/tables/state', 'state-2']]) }),
      nameWith({ context: { alarmEmail: 'me@example.com' } }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it('stays when the second deployment need not be told again what the first was told', () => {
    const kept = new Map([
      ['TokenJwks', 'https://a/jwks'],
      ['TokenIssuer', 'millrace'],
      ['Table', '/millrace/prod/tables/state'],
    ]);
    expect(nameWith({ given: new Map(), kept })).toBe(nameWith({}));
    expect(nameWith({ kept })).toBe(nameWith({}));
  });

  it('does not hang on names that the stack does not look up', () => {
    const published = new Map([...facts.published, ['/millrace/prod/rest-url', 'https://x/']]);
    expect(nameWith({ published })).toBe(nameWith({}));
  });
});
