/** What differs between stages, and what must not be among the emulator's. */
import { describe, expect, it } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readStage } from '../../lib/config/stages.ts';
import { ofType } from './resources.ts';
import { synthesize } from './synthesize.ts';

/** Emulators roll a stack back for these, or run a custom resource for an hour. */
const UNKNOWN_TO_EMULATORS =
  /^AWS::(Logs::MetricFilter|CloudWatch::CompositeAlarm|ApiGatewayV2::RouteResponse|Events::Archive|CloudFormation::CustomResource|ECS::.+|EC2::.+)$|^Custom::/;

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
    expect(JSON.stringify([...templates.values()])).not.toContain('push-updates');
  });
});

describe.each(['dev', 'prod'])('the stage %s', (stage) => {
  it('is as AWS Solutions would have it, but for what is acknowledged with a reason', () => {
    const { app } = synthesize({ stage });
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(
      violations.map(({ ruleName, violatingResources }) => [
        ruleName,
        violatingResources.map(({ constructPath }) => constructPath),
      ]),
    ).toEqual([]);
  });

  it('keeps its data when a stack is deleted, and can restore it', () => {
    const { resources, templates } = synthesize({ stage });
    for (const { properties } of ofType(resources, 'AWS::DynamoDB::Table')) {
      expect(properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    const stateful = Object.values(templates.get('stateful')!.Resources);
    const kept = stateful.filter(({ Type }) =>
      /^AWS::(DynamoDB::Table|Kinesis::Stream|S3::Bucket|SecretsManager::Secret)$/.test(Type),
    );
    expect(kept.map((resource) => (resource as { DeletionPolicy?: string }).DeletionPolicy)).toEqual(
      kept.map(() => 'Retain'),
    );
  });

  it('listens to exchanges with one task that nobody can call', () => {
    const { resources } = synthesize({ stage });
    const [service] = ofType(resources, 'AWS::ECS::Service');
    expect(service!.properties).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MaximumPercent: 100, MinimumHealthyPercent: 0 },
    });
    for (const { properties } of ofType(resources, 'AWS::EC2::SecurityGroup'))
      expect(properties).not.toHaveProperty('SecurityGroupIngress');
  });
});

describe('the stage', () => {
  const context = (values: Record<string, unknown>) => ({
    tryGetContext: (key: string): unknown => values[key],
  });

  it('is dev unless told otherwise', () => {
    expect(readStage(context({})).name).toBe('dev');
    expect(readStage(context({ stage: 'prod' })).name).toBe('prod');
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
});
