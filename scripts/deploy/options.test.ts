import { describe, expect, it } from '@jest/globals';
import { readStage } from '../../lib/config/stages.ts';
import { releaseSetting } from '../../lib/constructs/release-setting.ts';
import { CONTEXT_NAMES, readOptions } from './options.ts';

describe('what a deployment is told', () => {
  it('is the stage, the context, and parameters whose values may have colons of their own', () => {
    expect(
      readOptions([
        ...['--stage', 'prod', '--check', '-c', 'alarmEmail=you@example.com', '--context', 'symbols=A,B'],
        ...['--parameters', 'millrace-prod-api:TokenJwks=https://issuer/jwks?a=b'],
        ...['--parameters', 'ClickHouseUrl=https://c:8443'],
      ]),
    ).toEqual({
      stage: 'prod',
      check: true,
      context: { alarmEmail: 'you@example.com', symbols: 'A,B' },
      parameters: [
        { stack: 'millrace-prod-api', name: 'TokenJwks', value: 'https://issuer/jwks?a=b' },
        { stack: null, name: 'ClickHouseUrl', value: 'https://c:8443' },
      ],
      outputFolder: 'cdk.out',
    });
  });

  it.each([
    [[], '--stage is missing: expected dev or prod'],
    [['--stage', 'localstack'], 'npm run deploy:local'],
    [['--stage', 'dev', '-c', 'stage=prod'], 'expected --stage prod'],
    [['--stage', 'dev', '-c', 'alarmMail=a@b.co'], '-c alarmMail=…: expected one of alarmEmail'],
    [['--stage', 'dev', '-c', 'symbols'], 'expected NAME=VALUE'],
    [['--stage', 'dev', '--parameters', 'ClickHouseUrl'], 'expected [STACK:]NAME=VALUE'],
    [['--stage', 'dev', '--chek'], 'usage: npm run deploy'],
  ])('is refused in a line when it is %j', (args, line) => {
    expect(() => readOptions(args)).toThrow(line);
  });

  it('may be each name that the app reads of the context, and no other', () => {
    const read = new Set<string>();
    const tryGetContext = (name: string): string | undefined => {
      read.add(name);
      return name === 'alarmEmail' ? 'you@example.com' : undefined;
    };
    readStage({ tryGetContext });
    releaseSetting({ node: { tryGetContext } } as unknown as Parameters<typeof releaseSetting>[0]);
    expect([...read].sort()).toEqual([...CONTEXT_NAMES, 'stage'].sort());
  });
});
