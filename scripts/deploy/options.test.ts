import { describe, expect, it } from '@jest/globals';
import { readStage } from '../../lib/config/stages.ts';
import { releaseSetting } from '../../lib/constructs/release-setting.ts';
import { spawnSync } from 'node:child_process';
import { CONTEXT_NAMES, commandOf, readOptions } from './options.ts';

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

  it('is said again by the command that goes on, to the letter and for the shell', () => {
    const jwks = `{"keys":[{"kid":"o'clock $HOME"}]}`;
    const request = readOptions([
      ...['--stage', 'prod', '-c', 'alarmEmail=you@example.com', '-c', 'symbols=A, B', '--output', 'x y'],
      ...['--parameters', `millrace-prod-api:TokenJwks=${jwks}`, '--parameters', 'ClickHouseUser=default'],
    ]);
    const shown = commandOf(request).replace('npm run deploy --', String.raw`printf '%s\0'`);
    const { stdout } = spawnSync('sh', ['-c', shown], { encoding: 'utf8' });
    expect(readOptions(stdout.split('\0').slice(0, -1))).toEqual(request);
  });

  it('is not said again where it is a secret', () => {
    const request = readOptions(['--stage', 'dev', '-c', 'alarmUrl=https://on-call.example.com/secret']);
    expect(commandOf(request)).toBe("npm run deploy -- --stage dev -c 'alarmUrl=…'");
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
