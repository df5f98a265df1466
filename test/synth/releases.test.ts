/** What a deployment changes at once, what it changes little by little, and what outlives a stack. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { functionsOf } from '../../lib/stacks/function-placement.ts';
import { at, listOf, ofType, targetOf, textOf } from './resources.ts';
import { synthesize, type Properties, type Resource, type Synthesized, type Value } from './synthesize.ts';

const answering = functionsOf('api').filter((name) => name !== topology.authorizer);

describe('the stage prod', () => {
  let synthesized: Synthesized;
  let resources: readonly Resource[];
  beforeAll(() => {
    synthesized = synthesize({ stage: 'prod', release: 'r1' });
    resources = synthesized.resources;
  }, 60_000);

  it('shifts a tenth of the requests first, to every function that answers them and to no other', () => {
    const groups = ofType(resources, 'AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(answering.length);
    const aliases = ofType(resources, 'AWS::Lambda::Alias');
    expect(aliases.map(({ properties }) => publishedName(resources, properties['FunctionName']!))).toEqual(
      expect.arrayContaining(answering),
    );
    expect(aliases).toHaveLength(answering.length);
    for (const { properties } of groups) {
      expect(textOf(properties['DeploymentConfigName'])).toContain('LambdaCanary10Percent5Minutes');
      expect(properties['AutoRollbackConfiguration']).toEqual({
        Enabled: true,
        Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_FAILURE']),
      });
      expect(at(properties, 'AlarmConfiguration', 'Alarms')).toHaveLength(1);
    }
  });

  it('sends every request to the shifted version, and asks the newest authorizer', () => {
    const calls = ofType(resources, 'AWS::ApiGateway::Method').map(({ properties }) =>
      JSON.stringify(at(properties, 'Integration', 'Uri')),
    );
    const aliases = ofType(resources, 'AWS::Lambda::Alias').map(({ id }) => id);
    expect(calls.every((call) => aliases.some((alias) => call.includes(`"${alias}"`)))).toBe(true);
    const [authorizer] = ofType(resources, 'AWS::ApiGateway::Authorizer');
    expect(JSON.stringify(authorizer!.properties['AuthorizerUri'])).not.toMatch(/Alias/);
  });

  it('makes new versions with a new release, though no template changed', () => {
    const versionsOf = (all: readonly Resource[]): string[] =>
      ofType(all, 'AWS::Lambda::Version').map(({ id }) => id);
    const again = synthesize({ stage: 'prod', release: 'r1' }).resources;
    const later = synthesize({ stage: 'prod', release: 'r2' }).resources;
    expect(versionsOf(again)).toEqual(versionsOf(resources));
    expect(versionsOf(later).filter((id) => versionsOf(resources).includes(id))).toEqual([]);
  }, 60_000);

  it('keeps logs and dead letters when their stack goes', () => {
    const evidence = [...synthesized.templates].flatMap(([part, { Resources }]) =>
      Object.entries(Resources)
        .filter(([, { Type }]) => Type === 'AWS::Logs::LogGroup' || Type === 'AWS::SQS::Queue')
        .map(([id, { DeletionPolicy }]) => [`${part}/${id}`, DeletionPolicy]),
    );
    expect(evidence.length).toBeGreaterThan(Object.keys(topology.functions).length);
    expect(evidence.filter(([, policy]) => policy !== 'Retain')).toEqual([]);
  });

  it('starts the collector after everything that reads what it sends', () => {
    const { dependencies } = synthesized;
    const readers = [...synthesized.templates.keys()].filter(
      (part) => part !== 'collector' && part !== 'observability' && part !== 'stateful',
    );
    expect([...dependencies.get('collector')!].sort()).toEqual(readers.sort());
    for (const part of readers) expect(dependencies.get(part)).toContain('stateful');
  });

  it('keeps the collector and its standby in different zones, and moves neither before its successor runs', () => {
    const [service] = ofType(resources, 'AWS::ECS::Service');
    expect(service!.properties).toMatchObject({
      AvailabilityZoneRebalancing: 'ENABLED',
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 },
    });
  });
});

describe.each(['localstack', 'dev'])('the stage %s', (stage) => {
  it('changes everything at once, and leaves no logs behind', () => {
    const { resources, templates } = synthesize({ stage });
    expect(ofType(resources, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
    expect(ofType(resources, 'AWS::Lambda::Alias')).toEqual([]);
    const groups = [...templates.values()].flatMap(({ Resources }) =>
      Object.values(Resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup'),
    );
    expect(new Set(groups.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(new Set(['Delete']));
  }, 60_000);
});

describe('enhanced fan-out', () => {
  const urgent = topology.streamConsumers.filter((consumer) => 'latencyMatters' in consumer);

  it('is off unless it is asked for', () => {
    expect(ofType(synthesize({ stage: 'prod' }).resources, 'AWS::Kinesis::StreamConsumer')).toEqual([]);
  }, 60_000);

  it('gives a pipe of its own to each consumer whose latency matters, with the right to read it', () => {
    const { resources } = synthesize({ stage: 'prod', enhancedFanOut: 'true' });
    const pipes = ofType(resources, 'AWS::Kinesis::StreamConsumer');
    expect(urgent.map((consumer) => consumer.function)).toEqual(['build-candles', 'match-orders']);
    expect(pipes).toHaveLength(urgent.length);
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping');
    for (const { id } of pipes) {
      const [mapping] = mappings.filter(({ properties }) => targetOf(properties['EventSourceArn']) === id);
      expect(urgent.map((consumer) => consumer.function as FunctionName)).toContain(
        publishedName(resources, mapping!.properties['FunctionName']!),
      );
      const allowing = ofType(resources, 'AWS::IAM::Policy').filter(({ properties }) => {
        const text = JSON.stringify(properties);
        return text.includes('kinesis:SubscribeToShard') && text.includes(`"${id}"`);
      });
      expect(allowing).toHaveLength(1);
    }
  }, 60_000);
});

const origin = 'https://desk.example.com';

describe('a page from elsewhere', () => {
  let resources: readonly Resource[];
  beforeAll(() => {
    ({ resources } = synthesize({ stage: 'dev', pageOrigin: origin }));
  }, 60_000);

  it('is let in by every path before it shows a token', () => {
    const methods = ofType(resources, 'AWS::ApiGateway::Method');
    const pathsOf = (wanted: (method: string) => boolean): Set<string> =>
      new Set(
        methods
          .filter(({ properties }) => wanted(textOf(properties['HttpMethod'])))
          .map(({ properties }) => JSON.stringify(properties['ResourceId'])),
      );
    const asked = pathsOf((method) => method === 'OPTIONS');
    for (const path of pathsOf((method) => method !== 'OPTIONS')) expect([...asked]).toContain(path);
    for (const { properties } of methods) {
      if (properties['HttpMethod'] !== 'OPTIONS') continue;
      expect(properties['AuthorizationType']).toBe('NONE');
      expect(JSON.stringify(at(properties, 'Integration', 'IntegrationResponses'))).toContain(`'${origin}'`);
    }
  });

  it('reads what functions answer, and what the gateway answers for them', () => {
    const functions = ofType(resources, 'AWS::Lambda::Function').filter(({ part }) => part === 'api');
    expect(functions).toHaveLength(functionsOf('api').length);
    for (const { properties } of functions)
      expect(at(properties, 'Environment', 'Variables', 'ALLOWED_ORIGIN')).toBe(origin);
    for (const { properties } of ofType(resources, 'AWS::ApiGateway::GatewayResponse'))
      expect(properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': `'${origin}'`,
      });
  });

  it('is not let in unless it is named', () => {
    const own = synthesize({ stage: 'dev' }).resources;
    expect(JSON.stringify(own)).not.toMatch(/Access-Control-Allow-Origin|ALLOWED_ORIGIN|"OPTIONS"/);
  }, 60_000);
});

describe('a page from elsewhere, on an emulator', () => {
  const described = (given: Parameters<typeof synthesize>[0]): Value | undefined =>
    at(ofType(synthesize(given).resources, 'AWS::ApiGateway::RestApi')[0]!.properties['Body'], 'paths');

  it('is let in by every path before it shows a token, and told what AWS tells it', () => {
    const paths = described({ stage: 'localstack', pageOrigin: origin }) as Properties;
    expect(Object.keys(paths).sort()).toEqual([...new Set(topology.routes.map(({ path }) => path))].sort());
    const onAws = ofType(
      synthesize({ stage: 'dev', pageOrigin: origin }).resources,
      'AWS::ApiGateway::Method',
    )
      .filter(({ properties }) => properties['HttpMethod'] === 'OPTIONS')
      .map(({ properties }) =>
        at(listOf(at(properties, 'Integration', 'IntegrationResponses'))[0], 'ResponseParameters'),
      );
    for (const operations of Object.values(paths)) {
      const preflight = at(operations, 'options');
      expect(at(preflight, 'security')).toEqual([]);
      const answer = at(
        preflight,
        'x-amazon-apigateway-integration',
        'responses',
        'default',
        'responseParameters',
      );
      expect(answer).toEqual({
        ...(onAws[0] as object),
        'method.response.header.Access-Control-Max-Age': "'600'",
      });
    }
  }, 60_000);

  it('is not let in unless it is named', () => {
    expect(JSON.stringify(described({ stage: 'localstack' }))).not.toMatch(/"options"|Access-Control/);
  }, 60_000);
});

/** The topology's name of a function, by the parameter that says what it is called. */
function publishedName(resources: readonly Resource[], reference: Resource['properties'][string]): string {
  const id = targetOf(reference);
  const [parameter] = ofType(resources, 'AWS::SSM::Parameter').filter(
    ({ properties }) => id !== undefined && targetOf(properties['Value']) === id,
  );
  return textOf(parameter?.properties['Name'] ?? '').replace(/^.*\/functions\//, '');
}
