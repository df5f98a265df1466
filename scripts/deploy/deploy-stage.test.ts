import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startClickHouse, type ClickHouseServer } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { stackName } from '../../lib/config/stack-name.ts';
import { parameterNames, stagePath } from '../../lib/constructs/parameter-names.ts';
import { log } from '../../shared/runtime/log.ts';
import { openAwsStandIn, type AwsStandIn } from '../../test/support/aws-stand-in.ts';
import { openClickHouseFront, type ClickHouseFront } from '../../test/support/clickhouse-front.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import type { Assembly, Template } from './assembly.ts';
import type { Cdk } from './cdk.ts';
import { deployStage, type DeploySurroundings } from './deploy-stage.ts';
import { readOptions } from './options.ts';
import type { Outcome } from './sequence.ts';

const STAGE = 'dev';
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ClickHouse';
const named = (part: string): string => stackName(STAGE, part);
/** The collector stands in the middle here, so that nothing but the sequence puts it last. */
const TEMPLATES: Readonly<Record<string, Template>> = {
  stateful: {
    Parameters: { ClickHouseUrl: { Type: 'String' } },
    Resources: { Trades: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 2 } } },
  },
  trading: {
    Resources: {
      Match: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 10 } },
    },
  },
  collector: {},
  api: { Parameters: { TokenJwks: { Type: 'String' } } },
  observability: {},
};
const GIVEN = ['--parameters', 'ClickHouseUrl=https://c', '--parameters', 'TokenJwks=https://i/jwks'];

let aws: AwsStandIn;
let server: ClickHouseServer;
let front: ClickHouseFront;
/** What was done, in order: stacks deployed, assemblies synthesised. */
let done: string[];
let lines: string[];
let stopping: AbortController;

beforeAll(async () => {
  server = await startClickHouse({ dataDir: temporaryFolder(), log });
  front = await openClickHouseFront({ address: server.address });
  front.allow('millrace', 'correct horse');
}, 30_000);

afterAll(async () => {
  await front.close();
  await server.stop({ fast: true });
});

beforeEach(async () => {
  aws = await openAwsStandIn();
  process.env['AWS_ENDPOINT_URL'] = aws.url;
  process.env['AWS_REGION'] = 'eu-central-1';
  process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  aws.parameters.set('/cdk-bootstrap/hnb659fds/version', '30');
  aws.secrets.set(ARN, 'correct horse');
  done = [];
  stopping = new AbortController();
});

afterEach(async () => aws.close());

/** CDK, as far as it can be seen from here: stacks are up, and publish where things are. */
function cdkWith(deploying: (part: string) => void): Cdk {
  const publish = (name: string, value: string): unknown =>
    aws.parameters.set(stagePath({ name: STAGE }, name), value);
  return {
    synthesize: async (release) => {
      if (release !== null) done.push(`release ${release.length} long`);
      return assembly;
    },
    deploy: async (_assembly, name, given) => {
      const { part, template } = assembly.stacks.find((stack) => stack.name === name)!;
      deploying(part);
      done.push(part);
      const kept = aws.stacks.get(name)?.parameters ?? {};
      const parameters = { ...kept, ...Object.fromEntries(given) };
      aws.stacks.set(name, { status: 'CREATE_COMPLETE', isProtected: true, parameters, template });
      if (part === 'stateful') {
        publish(parameterNames.clickHouseUrl, front.url);
        publish(parameterNames.clickHouseUser, 'millrace');
        publish(parameterNames.clickHouseSecretArn, ARN);
      }
      if (part === 'api') publish(parameterNames.restUrl, `${aws.url}/live/`);
    },
  };
}

const assembly: Assembly = {
  folder: 'cdk.out',
  stacks: Object.entries(TEMPLATES).map(([part, template]) => ({ name: named(part), part, template })),
  needsDocker: true,
};

async function deploy(
  args: readonly string[],
  given: Partial<DeploySurroundings> & { readonly deploying?: (part: string) => void } = {},
): Promise<Outcome> {
  lines = [];
  return deployStage(readOptions(['--stage', STAGE, ...args]), {
    cdk: cdkWith(given.deploying ?? (() => undefined)),
    dockerAnswers: async () => true,
    token: null,
    tell: (line) => lines.push(line),
    signal: stopping.signal,
    pause: async () => undefined,
    ...given,
  });
}

const WHOLE = ['stateful', 'trading', 'release 12 long', 'api', 'observability', 'collector'];

describe('the deployment of a stage', () => {
  it('is one sequence: what is kept, the secret, the schema, the functions, and the collector last', async () => {
    expect(await deploy(GIVEN)).toEqual({ kind: 'done' });
    expect(done).toEqual(WHOLE);
    expect(lines.map((line) => /^ok {6}([\w-]+): /.exec(line)?.[1])).toEqual([
      ...['synth', 'account', 'bootstrap', 'stacks', 'docker', 'parameters', 'quotas', 'stateful', 'secret'],
      ...['migrate', 'trading', 'release', 'api', 'observability', 'collector', 'health'],
    ]);
    expect(lines.join('\n')).not.toContain('correct horse');
  });

  it('can be looked at first, which changes nothing', async () => {
    const before = new Map(aws.parameters);
    expect(await deploy(['--check', ...GIVEN])).toEqual({ kind: 'done' });
    expect(done).toEqual([]);
    expect([aws.stacks.size, aws.parameters]).toEqual([0, before]);
  });

  it('when looked at tells of everything that it would stop at, not of the first alone', async () => {
    aws.parameters.clear();
    aws.shards = { limit: 1, open: 0 };
    const outcome = await deploy(['--check'], { dockerAnswers: async () => false });
    expect(outcome).toEqual({ kind: 'stopped', at: ['bootstrap', 'docker', 'parameters', 'quotas'] });
    expect(done).toEqual([]);
  });

  it.each([
    [
      'quotas',
      () => void (aws.shards = { limit: 200, open: 199 }),
      GIVEN,
      /Kinesis shards: 2 .*at least 201/,
    ],
    [
      'quotas',
      () => void (aws.concurrency = { limit: 10, unreserved: 10 }),
      GIVEN,
      /Lambda concurrency: 10 .*at least 110/,
    ],
    ['parameters', () => undefined, GIVEN.slice(0, 2), /millrace-dev-api asks for TokenJwks/],
    [
      'bootstrap',
      () => aws.parameters.clear(),
      GIVEN,
      /npx cdk bootstrap aws:\/\/123456789012\/eu-central-1/,
    ],
  ])('changes nothing when it would stop later on: at %s', async (at, spoil, args, line) => {
    spoil();
    expect(await deploy(args)).toEqual({ kind: 'stopped', at: [at] });
    expect(lines.at(-1)).toMatch(line);
    expect(done).toEqual([]);
  });

  it.each([
    ['is not there', () => aws.secrets.delete(ARN), 'the secret has no value'],
    ['holds a placeholder', () => aws.secrets.set(ARN, 'changeme'), 'the secret holds a placeholder'],
    ['is wrong', () => aws.secrets.set(ARN, 'wrong-battery'), 'refuses millrace with the password'],
  ])(
    'has no function deployed while the secret %s, and goes on when it is set',
    async (_what, spoil, line) => {
      spoil();
      expect(await deploy(GIVEN)).toEqual({ kind: 'stopped', at: ['secret'] });
      expect(done).toEqual(['stateful']);
      expect(lines.at(-1)).toContain(line);
      expect(lines.at(-1)).toContain(`--secret-id ${ARN}`);
      expect(lines.at(-1)).not.toMatch(/\n|wrong-battery/);
      expect(await deploy(['--check', ...GIVEN])).toEqual({ kind: 'stopped', at: ['secret', 'migrate'] });

      aws.secrets.set(ARN, 'correct horse');
      expect(await deploy(['--parameters', 'TokenJwks=https://i/jwks'])).toEqual({ kind: 'done' });
      expect(done).toEqual(['stateful', ...WHOLE]);
    },
  );

  it('that fails in the middle deploys nothing behind, and done again goes through to the end', async () => {
    const deploying = (part: string): void => {
      if (part === 'api') throw new OneLineFailure('CREATE_FAILED | AWS::ApiGateway::RestApi: no');
    };
    expect(await deploy(GIVEN, { deploying })).toEqual({ kind: 'stopped', at: ['api'] });
    expect(lines.at(-1)).toBe('FAILED  api: CREATE_FAILED | AWS::ApiGateway::RestApi: no');
    expect(done).toEqual(['stateful', 'trading', 'release 12 long']);
    expect(await deploy(GIVEN)).toEqual({ kind: 'done' });
    expect(done.slice(3)).toEqual(WHOLE);
    expect(lines).toContain('ok      migrate: nothing to do');
  });

  it('that is interrupted says where, and begins nothing more', async () => {
    const deploying = (part: string): void => {
      if (part !== 'trading') return;
      stopping.abort();
      throw new OneLineFailure('killed');
    };
    expect(await deploy(GIVEN, { deploying })).toEqual({ kind: 'stopped', at: ['trading'] });
    expect(lines.at(-1)).toBe('STOPPED trading: interrupted');
    expect(done).toEqual(['stateful']);
  });

  it('that is interrupted between two steps begins nothing more either', async () => {
    const deploying = (part: string): void => {
      if (part === 'stateful') stopping.abort();
    };
    expect(await deploy(GIVEN, { deploying })).toEqual({ kind: 'stopped', at: ['secret'] });
    expect(done).toEqual(['stateful']);
  });
});

describe('a stack', () => {
  const put = (status: string, isProtected = true): unknown =>
    aws.stacks.set(named('stateful'), { status, isProtected, parameters: {}, template: {} });

  it('that still changes since an interrupted deployment is waited for', async () => {
    put('UPDATE_IN_PROGRESS');
    expect(await deploy(['--check', ...GIVEN])).toEqual({ kind: 'stopped', at: ['stacks'] });
    expect(lines).toContain('FAILED  stacks: millrace-dev-stateful is UPDATE_IN_PROGRESS');
    let looks = 0;
    const pause = async (): Promise<void> => {
      if (++looks === 3) put('UPDATE_COMPLETE');
    };
    expect(await deploy(GIVEN, { pause })).toEqual({ kind: 'done' });
    expect(looks).toBe(3);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'update-termination-protection --no-enable-termination-protection'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback'],
    ['DELETE_FAILED', 'delete-stack'],
  ])(
    'that is %s stops it before anything is changed, with the command that helps',
    async (status, command) => {
      put(status);
      expect(await deploy(GIVEN)).toEqual({ kind: 'stopped', at: ['stacks'] });
      expect(lines.at(-1)).toBe(
        `FAILED  stacks: millrace-dev-stateful is ${status}: expected aws cloudformation ${command} --stack-name millrace-dev-stateful`,
      );
      expect(done).toEqual([]);
    },
  );

  it('that could not be made the first time and is not protected is made anew', async () => {
    put('ROLLBACK_COMPLETE', false);
    expect(await deploy(GIVEN)).toEqual({ kind: 'done' });
    expect(done).toEqual(WHOLE);
  });
});
