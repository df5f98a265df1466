/** What differs between stages, and what must not be among the emulator's. */
import { Stack, type App } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseStage } from '../../lib/config/stage.ts';
import { readStage } from '../../lib/config/stages.ts';
import { topology } from '../../shared/topology.ts';
import { at, ofType, textOf } from './resources.ts';
import { synthesize, type Synthesized } from './synthesize.ts';

/** Emulators roll a stack back for these, or run a custom resource for an hour. */
const UNKNOWN_TO_EMULATORS =
  /^AWS::(Logs::MetricFilter|CloudWatch::CompositeAlarm|ApiGatewayV2::RouteResponse|Events::Archive|CloudFormation::CustomResource|ECS::.+|EC2::.+)$|^Custom::/;

const KEPT = /^AWS::(DynamoDB::Table|Kinesis::Stream|S3::Bucket|SecretsManager::Secret|SQS::Queue)$/;

describe('the stage localstack', () => {
  it('has nothing that emulators refuse', () => {
    const { resources } = synthesize({ stage: 'localstack' });
    expect(resources.filter(({ type }) => UNKNOWN_TO_EMULATORS.test(type))).toEqual([]);
  });

  it('does without the WebSocket when it is told to, and nothing else asks for it', () => {
    const { templates } = synthesize({ stage: 'localstack', webSocket: 'false' });
    expect([...templates.keys()].sort()).toEqual([
      'api',
      'backtest',
      'market-data',
      'observability',
      'stateful',
      'trading',
    ]);
    // Where its failed events would lie is kept all the same: that outlives the stacks.
    expect(JSON.stringify([...templates.values()])).not.toMatch(/functions\/push-updates|topushupdates/);
  });
});

const context = (stage: string): Parameters<typeof readStage>[0] => ({
  tryGetContext: (key) => ({ stage, alarmEmail: 'on-call@example.com' })[key],
});

describe.each(['dev', 'prod'])('the stage %s', (stage) => {
  let synthesized: Synthesized;
  // Synthesis fails when a rule finds what is not acknowledged.
  beforeAll(() => {
    synthesized = synthesize({ stage });
  }, 60_000);

  it('keeps its data when a stack is deleted, and can restore it', () => {
    const { resources, templates } = synthesized;
    for (const { properties } of ofType(resources, 'AWS::DynamoDB::Table')) {
      expect(properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    const kept = Object.values(templates.get('stateful')!.Resources).filter(({ Type }) => KEPT.test(Type));
    expect(kept.some(({ Type }) => Type === 'AWS::SQS::Queue')).toBe(true);
    expect(kept.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(kept.map(() => 'Retain'));
  });

  it('leaves concurrency for orders while a grid runs', () => {
    const { reservedConcurrency } = readStage(context(stage));
    const [machine] = ofType(synthesized.resources, 'AWS::StepFunctions::StateMachine');
    const [, most] = /"MaxConcurrency":(\d+)/.exec(textOf(machine!.properties['DefinitionString'])) ?? [];
    // A new account has ten for everything.
    expect(Number(most)).toBeLessThanOrEqual(reservedConcurrency['run-chunk'] ?? 5);
  });

  it('gives the password of ClickHouse to a server over TLS alone', () => {
    const { Parameters } = synthesized.templates.get('stateful')!;
    const expected = new RegExp(textOf(Parameters!['ClickHouseUrl']!['AllowedPattern']));
    expect('https://abc.eu-central-1.aws.clickhouse.cloud:8443').toMatch(expected);
    expect('http://203.0.113.7:8123').not.toMatch(expected);
    expect('https://user:password@203.0.113.7:8443').not.toMatch(expected);
  });

  it('is told whose tokens the API believes, and takes nobody for granted', () => {
    const { Parameters } = synthesized.templates.get('api')!;
    for (const name of ['TokenIssuer', 'TokenAudience', 'TokenJwks']) {
      expect(Parameters![name]).not.toHaveProperty('Default');
      expect('').not.toMatch(new RegExp(textOf(Parameters![name]!['AllowedPattern'])));
    }
  });

  it('ends the logs that API Gateway makes for itself, too', () => {
    const { Resources } = synthesized.templates.get('api')!;
    const name = /^API-Gateway-Execution-Logs_<ApiF\w+>\/live$/;
    const [group] = Object.entries(Resources).filter(([, { Properties = {} }]) =>
      name.test(textOf(Properties['LogGroupName'] ?? '')),
    );
    expect(group?.[1].Properties?.['RetentionInDays']).toBeGreaterThan(0);
    // API Gateway makes the group when it is not there.
    const [apiStage] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGateway::Stage');
    expect(apiStage!.DependsOn).toContain(group![0]);
  });

  it('calls queue workers no more often at once than what is reserved for them', () => {
    const { reservedConcurrency } = readStage(context(stage));
    const mappings = ofType(synthesized.resources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => !('ParallelizationFactor' in properties),
    );
    expect(mappings).toHaveLength(topology.queueWorkers.length + topology.eventQueues.length);
    const waiting = [...topology.queueWorkers, ...topology.eventQueues];
    for (const name of new Set(waiting.map((one) => one.function))) {
      const atOnce = mappings
        .filter(
          ({ id }) =>
            id.includes(`to${name.replaceAll('-', '')}`) || id.includes(`for${name.replaceAll('-', '')}`),
        )
        .map(({ properties }) => at(properties, 'ScalingConfig', 'MaximumConcurrency'));
      expect(atOnce.length).toBeGreaterThan(0);
      const reserved = reservedConcurrency[name];
      if (reserved === undefined) expect(atOnce).toEqual(atOnce.map(() => undefined));
      else
        expect(atOnce.reduce<number>((sum, count) => sum + Number(count), 0)).toBeLessThanOrEqual(reserved);
    }
  });

  it('starts the collector when it has its rights and the way out, not before', () => {
    const { Resources } = synthesized.templates.get('collector')!;
    const needed = Object.entries(Resources).flatMap(([id, { Type }]) =>
      /^AWS::(IAM::Policy|EC2::Route|EC2::VPCGatewayAttachment)$/.test(Type) ? [id] : [],
    );
    const [service] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
    // The flow log's policy is none of the collector's.
    const ofTask = needed.filter((id) => !id.startsWith('NetworkRejected'));
    expect(service!.DependsOn).toEqual(expect.arrayContaining(ofTask));
  });

  it('has a collector stand by before the one that listens is told to stop, and nobody can call them', () => {
    const [service] = ofType(synthesized.resources, 'AWS::ECS::Service');
    expect(service!.properties).toMatchObject({
      DesiredCount: stage === 'prod' ? 2 : 1,
      DeploymentConfiguration: { MaximumPercent: 200, MinimumHealthyPercent: 100 },
    });
    for (const { properties } of ofType(synthesized.resources, 'AWS::EC2::SecurityGroup')) {
      expect(properties).not.toHaveProperty('SecurityGroupIngress');
    }
  });
});

describe('the rules of AWS Solutions', () => {
  const plant = (app: App): void => {
    new Bucket(new Stack(app, 'planted'), 'WithoutTls');
  };

  it('stop the synthesis of a stage that is not as they would have it', () => {
    expect(() => synthesize({ stage: 'dev' }, plant)).toThrow('does not require requests to use SSL');
  }, 60_000);

  it('do not hold for an emulator', () => {
    expect(synthesize({ stage: 'localstack' }, plant).resources.length).toBeGreaterThan(0);
  }, 60_000);
});

describe('the stage', () => {
  const context = (values: Record<string, unknown>) => ({
    tryGetContext: (key: string): unknown => values[key],
  });

  it('is dev unless told otherwise', () => {
    expect(readStage(context({})).name).toBe('dev');
    expect(readStage(context({ stage: 'prod', alarmEmail: 'on-call@example.com' })).name).toBe('prod');
  });

  it('is refused in one line when there is none of that name', () => {
    for (const stage of ['staging', '', 'constructor']) {
      expect(() => readStage(context({ stage }))).toThrow(
        `-c stage=${stage}: expected one of localstack, dev, prod`,
      );
    }
    expect(() => readStage(context({ webSocket: 'maybe' }))).toThrow(
      '-c webSocket=maybe: expected true or false',
    );
  });

  it('is refused when it would release little by little on an emulator, which has nothing for it', () => {
    const { alarmReceivers: _, ...emulated } = readStage(context({ stage: 'localstack' }));
    expect(parseStage(emulated)).toEqual(emulated);
    expect(() => parseStage({ ...emulated, shiftsGradually: true })).toThrow(
      'stage: shiftsGradually: expected false where emulated is true',
    );
  });

  it('takes what is collected, the pipes and a page’s origin from outside, and checks them', () => {
    const stage = readStage(
      context({
        stage: 'prod',
        alarmEmail: 'on-call@example.com',
        symbols: Array.from({ length: 60 }, (_, n) => `COIN${n}USDT`).join(', '),
        enhancedFanOut: 'true',
        pageOrigin: 'https://desk.example.com',
      }),
    );
    expect(stage.collector?.symbols).toHaveLength(60);
    expect(stage.collector?.symbols[59]).toBe('COIN59USDT');
    expect(stage).toMatchObject({ enhancedFanOut: true, pageOrigin: 'https://desk.example.com' });
    expect(readStage(context({ symbols: ['BTCUSDT', 'ETHUSDT', 'BTCUSDT'] })).collector?.symbols).toEqual([
      'BTCUSDT',
      'ETHUSDT',
    ]);
  });

  it.each([
    [{ symbols: 'BTCUSDT,btc-usdt' }, '-c symbols=…: "btc-usdt": expected symbols of venues'],
    [{ symbols: '' }, '-c symbols=…: "": expected'],
    [{ symbols: 'mtgox:BTCUSD' }, '-c symbols=…: "mtgox:BTCUSD": expected symbols of venues'],
    [
      { symbols: Array.from({ length: 201 }, (_, n) => `C${n}`).join() },
      '-c symbols=…: expected at most 200, got 201',
    ],
    [{ stage: 'localstack', symbols: 'BTCUSDT' }, '-c symbols=…: the stage localstack has no collector'],
    [{ enhancedFanOut: 'yes' }, '-c enhancedFanOut=yes: expected true or false'],
    [{ pageOrigin: '*' }, '-c pageOrigin=*: expected an origin such as https://desk.example.com'],
    [
      { pageOrigin: 'https://desk.example.com/page' },
      '-c pageOrigin=https://desk.example.com/page: expected',
    ],
    [{ pageOrigin: 'http://desk.example.com' }, '-c pageOrigin=http://desk.example.com: expected'],
  ])('refuses %j in one line', (values, message) => {
    expect(() => readStage(context(values))).toThrow(message);
  });
});
