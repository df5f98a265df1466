/** What must hold of every stage's templates, by property and not by snapshot. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { variablesFor } from '../../shared/adapters/aws/environment.ts';
import { functionsOfEvents } from '../../shared/adapters/aws/stage-parameters.ts';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { at, listOf, ofType, roleStatements, targetOf, textOf } from './resources.ts';
import { synthesize, type Properties, type Resource, type Synthesized, type Value } from './synthesize.ts';

const RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks');
const KEPT = /^AWS::(DynamoDB|Kinesis|S3|SecretsManager)::|^AWS::Events::EventBus$/;
/** What CloudFormation will not make without a name, and what is looked up by its name. */
const NAMED_BY_NEED = [
  'AWS::SSM::Parameter',
  'AWS::Events::EventBus',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGateway::Authorizer',
  'AWS::Lambda::Alias',
];
const NAME_PROPERTY =
  /^(Name|FunctionName|TableName|QueueName|BucketName|RoleName|TopicName|LogGroupName|AlarmName|StateMachineName|ClusterName|ServiceName|DashboardName)$/;
/** Statements with a wildcard for a resource, each reviewed: there is nothing narrower, or all behind it is meant. */
const REVIEWED_WILDCARDS = [
  /^cloudwatch:GetMetricData \*$/,
  /^logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups) \*$/,
  /^ecr:GetAuthorizationToken \*$/,
  /^s3:(Get|Delete)Object .+<\w*failuresbucket\w*>\/aws\/lambda\/\*$/,
  /^s3:PutObject .+<\w*failuresbucket\w*>\/redriven\/\*$/,
  /^s3:PutObject .+<\w*failuresbucket\w*>\/aws\/lambda\/\*$/,
  /^s3:(Get|Put)Object .+<\w*archivebucket\w*>\/(raw|trades|unreadable|backtests)\/\*$/,
  /^states:(Describe|Stop|Redrive)Execution .+:execution:.+[:/]\*$/,
  /^execute-api:ManageConnections .+\/live\/POST\/@connections\/\*$/,
];

/** Functions that the bus hands their events through a queue. */
const WAITS_IN_QUEUE = new Set<FunctionName>(topology.eventQueues.map((queue) => queue.function));

describe.each(['localstack', 'dev', 'prod'])('stage %s', (stage) => {
  let synthesized: Synthesized;
  let resources: readonly Resource[];
  let functions: ReadonlyMap<FunctionName, Resource>;

  beforeAll(() => {
    synthesized = synthesize({ stage });
    resources = synthesized.resources;
    functions = functionsByName(resources);
  }, 60_000);

  it('has every function of the topology, as the topology says', () => {
    expect(ofType(resources, 'AWS::Lambda::Function')).toHaveLength(Object.keys(topology.functions).length);
    for (const [name, { properties }] of functions) {
      const { description, timeoutSeconds, memoryMb } = topology.functions[name];
      expect(properties).toMatchObject({
        Description: description,
        Timeout: timeoutSeconds,
        MemorySize: memoryMb,
      });
    }
  });

  it('runs every function on Node 24, with logs that end and a role of its own', () => {
    const roles = [...functions.values()].map(({ properties }) => targetOf(properties['Role']));
    expect(new Set(roles).size).toBe(roles.length);
    for (const { part, properties } of functions.values()) {
      expect(properties['Runtime']).toBe('nodejs24.x');
      const logGroup = resourceOf(resources, part, targetOf(at(properties, 'LoggingConfig', 'LogGroup')));
      expect(logGroup.properties['RetentionInDays']).toBeGreaterThan(0);
    }
  });

  it('tells each function what its capabilities call for, and nothing else', () => {
    for (const [name, { properties }] of functions) {
      const capabilities: Capabilities = topology.functions[name].capabilities;
      const expected = new Set(['MILLRACE_STAGE', ...variablesFor(capabilities)]);
      if (expected.has('CLICKHOUSE_URL'))
        expected.add(stage === 'localstack' ? 'CLICKHOUSE_SECRET_FILE' : 'CLICKHOUSE_PASSWORD_SECRET_ARN');
      expect(Object.keys(at(properties, 'Environment', 'Variables') as object).sort()).toEqual(
        [...expected].sort(),
      );
    }
  });

  it('feeds every stream consumer with retries that end and a place for what failed', () => {
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => 'ParallelizationFactor' in properties,
    );
    expect(mappings.map(({ properties }) => targetOf(properties['FunctionName'])).sort()).toEqual(
      topology.streamConsumers.map((consumer) => functions.get(consumer.function)!.id).sort(),
    );
    for (const { properties } of mappings) {
      expect(properties).toMatchObject({
        ParallelizationFactor: 1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        StartingPosition: 'TRIM_HORIZON',
      });
      // However often Lambda tries, an outage is survived until the stream is about to forget the records.
      expect(properties['MaximumRetryAttempts']).toBe(-1);
      const hoursLeft = hoursBeforeForgotten(properties, functions);
      expect(hoursLeft).toBeGreaterThan(0.5);
      expect(hoursLeft).toBeLessThanOrEqual(2);
    }
  });

  it('keeps what a stream consumer gives up in a bucket, with its records, where the function may write and no further', () => {
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => 'ParallelizationFactor' in properties,
    );
    expect(mappings).toHaveLength(topology.streamConsumers.length);
    for (const { part, properties } of mappings) {
      const destination = textOf(at(properties, 'DestinationConfig', 'OnFailure', 'Destination'));
      expect(destination).toMatch(/:s3:::<\w*failuresbucket\w*>$/);
      const role = targetOf(
        resourceOf(resources, part, targetOf(properties['FunctionName'])).properties['Role'],
      );
      const allowed = ofType(resources, 'AWS::IAM::Policy')
        .filter((policy) => listOf(policy.properties['Roles']).some((one) => targetOf(one) === role))
        .flatMap((policy) => roleStatements([policy]))
        .flatMap(({ actions, resources: on }) =>
          on.flatMap((resource) =>
            textOf(resource).startsWith(destination)
              ? actions.map((action) => `${action} ${textOf(resource).slice(destination.length)}`)
              : [],
          ),
        );
      expect(allowed.sort()).toEqual(['s3:ListBucket ', 's3:PutObject /aws/lambda/*']);
    }
  });

  it('keeps given-up batches and failed events when the stack goes, where data is kept at all', () => {
    const kept = [...synthesized.templates.values()].flatMap(({ Resources }) =>
      Object.entries(Resources).filter(([id]) => /^(Failures|FailedEvents)/.test(id)),
    );
    const ends = kept.filter(([, { Type }]) => /^AWS::(S3::Bucket|SQS::Queue)$/.test(Type));
    expect(ends).toHaveLength(1 + functionsOfEvents().length);
    for (const [id, resource] of ends) {
      const policy = (resource as { DeletionPolicy?: string }).DeletionPolicy;
      expect({ id, policy }).toEqual({ id, policy: stage === 'localstack' ? 'Delete' : 'Retain' });
    }
  });

  it('gives what decides over money more tries than the bus does, and a place for what fails them all', () => {
    const triesOf = ({ properties }: Resource) => Number(at(properties, 'RedrivePolicy', 'maxReceiveCount'));
    const working = ofType(resources, 'AWS::SQS::Queue').filter(
      ({ properties }) => 'RedrivePolicy' in properties,
    );
    for (const { function: name, maxReceives } of topology.eventQueues) {
      const part = name.replaceAll('-', '');
      const queue = working.find(({ id }) => id.startsWith(`Events${part}`))!;
      expect(triesOf(queue)).toBe(maxReceives);
      expect(targetOf(at(queue.properties, 'RedrivePolicy', 'deadLetterTargetArn'))).toMatch(
        new RegExp(`^FailedEvents${part}`),
      );
    }
    const fifo = working.filter(({ properties }) => properties['FifoQueue'] === true);
    const asTheMapSays = Object.values(topology.queues).map(({ maxReceives }) => maxReceives);
    expect(fifo.map(triesOf).sort()).toEqual(asTheMapSays.sort());
    for (const queue of working) expect(triesOf(queue)).toBeGreaterThan(3);
  });

  it('feeds every queue worker, with time enough to try six times before the message shows again', () => {
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => !('ParallelizationFactor' in properties),
    );
    expect(mappings).toHaveLength(topology.queueWorkers.length + topology.eventQueues.length);
    for (const { properties } of mappings)
      expect(properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    for (const { function: name, visibilityTimeoutSeconds } of topology.eventQueues)
      expect(visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * topology.functions[name].timeoutSeconds);
    for (const worker of topology.queueWorkers) {
      const { visibilityTimeoutSeconds } = topology.queues[worker.queue];
      expect(visibilityTimeoutSeconds).toBeGreaterThanOrEqual(
        6 * topology.functions[worker.function].timeoutSeconds,
      );
    }
  });

  it('has a rule for every kind of event and function, on the detail-type alone, with a place for what cannot be delivered', () => {
    const rules = ofType(resources, 'AWS::Events::Rule').filter(
      ({ properties }) => 'EventPattern' in properties,
    );
    const pairs = rules.map(({ properties }) => {
      expect(Object.keys(properties['EventPattern'] as object)).toEqual(['detail-type']);
      const [target] = properties['Targets'] as readonly [Resource['properties']];
      expect(targetOf(at(target, 'DeadLetterConfig', 'Arn'))).toBeDefined();
      return `${listOf(at(properties, 'EventPattern', 'detail-type'))
        .map(textOf)
        .join()} ${targetOf(target['Arn'])}`.replace(
        /SsmParameterValue.*eventqueues(\w+)arn\w*$/,
        'queue of $1',
      );
    });
    const expected = topology.rules.flatMap((rule) =>
      rule.functions.map((name) =>
        WAITS_IN_QUEUE.has(name)
          ? `${rule.detailType} queue of ${name.replaceAll('-', '')}`
          : `${rule.detailType} ${functions.get(name)!.id}`,
      ),
    );
    expect(pairs.sort()).toEqual(expected.sort());
  });

  it('has every schedule', () => {
    const schedules = ofType(resources, 'AWS::Events::Rule').filter(
      ({ properties }) => 'ScheduleExpression' in properties,
    );
    expect(schedules).toHaveLength(topology.schedules.length);
  });

  it('keeps the events that a function failed to the end', () => {
    const called = new Set([
      ...topology.rules.flatMap((rule) => rule.functions),
      ...topology.schedules.map((schedule) => schedule.function),
    ]);
    const configured = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(({ properties }) => {
      expect(targetOf(at(properties, 'DestinationConfig', 'OnFailure', 'Destination'))).toBeDefined();
      return targetOf(properties['FunctionName']);
    });
    const byTheBus = [...called].filter((name) => !WAITS_IN_QUEUE.has(name));
    expect(configured.sort()).toEqual(byTheBus.map((name) => functions.get(name)!.id).sort());
  });

  it('has every route, behind the authorizer unless it is open', () => {
    const expected = topology.routes.map(
      (route) => `${route.method} ${route.path} ${'open' in route ? 'NONE' : 'CUSTOM'}`,
    );
    const methods = stage === 'localstack' ? describedMethods(resources) : methodsOf(resources);
    expect(methods.sort()).toEqual(expected.sort());
    expect(authorizerOf(resources)['authorizerResultTtlInSeconds']).toBe(0);
  });

  it('has every socket route', () => {
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(
      ({ properties }) => properties['RouteKey'],
    );
    expect(routes.sort()).toEqual(topology.socketRoutes.map(({ routeKey }) => routeKey).sort());
  });

  it('has every table with its index, and every stream', () => {
    const tables = ofType(resources, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(Object.keys(topology.tables).length);
    for (const { properties } of tables) {
      expect(properties).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [{ IndexName: 'byIndex', Projection: { ProjectionType: 'ALL' } }],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      });
    }
    expect(ofType(resources, 'AWS::Kinesis::Stream')).toHaveLength(Object.keys(topology.streams).length);
  });

  it('has a dead-letter queue for every queue that is none', () => {
    const queues = ofType(resources, 'AWS::SQS::Queue');
    const working = queues.filter(({ properties }) => 'RedrivePolicy' in properties);
    expect(working).toHaveLength(Object.keys(topology.queues).length + topology.eventQueues.length);
    const ends = new Set([...deadLetterTargets(resources), ...failedEventQueues(resources)]);
    for (const { path, properties } of queues)
      expect('RedrivePolicy' in properties || ends.has(path)).toBe(true);
  });

  it('runs every state machine with its functions put in, distributed on AWS alone', () => {
    const machines = ofType(resources, 'AWS::StepFunctions::StateMachine');
    expect(machines).toHaveLength(Object.keys(topology.stateMachines).length);
    for (const { properties } of machines) {
      const definition = textOf(properties['DefinitionString']);
      expect(definition).toContain(stage === 'localstack' ? '"Mode":"INLINE"' : '"Mode":"DISTRIBUTED"');
      const placeholders = [...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(properties['DefinitionSubstitutions'] as object).sort()).toEqual(
        placeholders.sort(),
      );
    }
  });

  it('allows no action by wildcard, and resources by wildcard only where it was reviewed', () => {
    for (const { path, actions, resources: allowed } of roleStatements(resources)) {
      for (const action of actions)
        expect({ path, action }).toEqual({ path, action: expect.stringMatching(/^[\w-]+:\w+$/) });
      const wild = allowed.map(textOf).filter((resource) => resource.includes('*'));
      const unreviewed = wild
        .flatMap((resource) => actions.map((action) => `${action} ${resource}`))
        .filter((line) => !REVIEWED_WILDCARDS.some((reviewed) => reviewed.test(line)));
      expect({ path, unreviewed }).toEqual({ path, unreviewed: [] });
    }
  });

  it('lets what answers everybody change nothing', () => {
    const open = new Set<string>(
      topology.routes.filter((route) => 'open' in route).map((route) => route.function),
    );
    const roles = new Set(
      [...open].map((name) => targetOf(functions.get(name as FunctionName)!.properties['Role'])),
    );
    const statements = ofType(resources, 'AWS::IAM::Policy')
      .filter(({ properties }) => listOf(properties['Roles']).some((role) => roles.has(targetOf(role))))
      .flatMap((policy) => roleStatements([policy]));
    const actions = new Set(statements.flatMap(({ actions: allowed }) => allowed));
    expect([...actions].filter((action) => !/^logs:|:(Get|Describe|List)/.test(action))).toEqual([]);
  });

  it('keeps nothing in the stacks that are deployed anew', () => {
    const kept = resources.filter(
      ({ part, type, properties }) =>
        part !== 'stateful' && (KEPT.test(type) || properties['FifoQueue'] === true),
    );
    expect(kept.map(({ path }) => path)).toEqual([]);
  });

  it('gives nothing a physical name that could be without', () => {
    const named = resources
      .filter(({ type }) => !NAMED_BY_NEED.includes(type))
      .flatMap(({ path, properties }) =>
        Object.keys(properties)
          .filter((key) => NAME_PROPERTY.test(key) && typeof properties[key] === 'string')
          .map((key) => `${path} ${key}`),
      );
    expect(named).toEqual([]);
  });

  it('exports and imports nothing between stacks', () => {
    const templates = [...synthesized.templates.values()];
    for (const { Outputs = {} } of templates)
      for (const output of Object.values(Outputs)) expect(output.Export).toBeUndefined();
    expect(JSON.stringify(templates)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  });

  it('names a runbook that exists in every alarm', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(0);
    for (const { path, properties } of alarms) {
      const [, runbook] =
        /Runbook: docs\/runbooks\/([a-z-]+\.md)$/.exec(textOf(properties['AlarmDescription'])) ?? [];
      expect({ path, exists: runbook !== undefined && existsSync(join(RUNBOOKS, runbook)) }).toEqual({
        path,
        exists: true,
      });
      expect(listOf(properties['AlarmActions'])).toHaveLength(1);
    }
  });

  it('encrypts, and takes nothing that does not come over TLS', () => {
    for (const { properties } of ofType(resources, 'AWS::Kinesis::Stream'))
      expect(at(properties, 'StreamEncryption', 'EncryptionType')).toBe('KMS');
    for (const [type, policy] of [
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
      ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
      ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
    ] as const) {
      const guarded = ofType(resources, policy).filter(({ properties }) =>
        JSON.stringify(properties).includes('{"Bool":{"aws:SecureTransport":"false"}}'),
      );
      expect({ type, guarded: guarded.length }).toEqual({ type, guarded: ofType(resources, type).length });
    }
  });
});

function functionsByName(resources: readonly Resource[]): ReadonlyMap<FunctionName, Resource> {
  const published = ofType(resources, 'AWS::SSM::Parameter').flatMap(
    ({ part, properties }): [FunctionName, Resource][] => {
      const [, name] = /\/functions\/([a-z-]+)$/.exec(textOf(properties['Name'])) ?? [];
      return name === undefined
        ? []
        : [[name as FunctionName, resourceOf(resources, part, targetOf(properties['Value']))]];
    },
  );
  return new Map(published);
}

/** From the age at which a batch is given up to the time at which its stream forgets it. */
function hoursBeforeForgotten(
  mapping: Resource['properties'],
  functions: ReadonlyMap<FunctionName, Resource>,
): number {
  const consumer = topology.streamConsumers.find(
    (one) => functions.get(one.function)!.id === targetOf(mapping['FunctionName']),
  )!;
  return (
    topology.streams[consumer.stream].retentionHours - Number(mapping['MaximumRecordAgeInSeconds']) / 3600
  );
}

function resourceOf(resources: readonly Resource[], part: string, id: string | undefined): Resource {
  const found = resources.find((resource) => resource.path === `${part}/${id}`);
  if (found === undefined) throw new Error(`no resource ${id} in ${part}`);
  return found;
}

/** Paths of queues that failures of some kind end in. */
function deadLetterTargets(resources: readonly Resource[]): string[] {
  return resources.flatMap(({ part, properties }) =>
    [
      at(properties, 'RedrivePolicy', 'deadLetterTargetArn'),
      at(properties, 'DestinationConfig', 'OnFailure', 'Destination'),
    ]
      .flatMap((value) => targetOf(value) ?? [])
      .map((id) => `${part}/${id}`),
  );
}

function methodsOf(resources: readonly Resource[]): string[] {
  return ofType(resources, 'AWS::ApiGateway::Method').map(({ properties }) => {
    const path = routePath(resources, properties['ResourceId']!);
    return `${textOf(properties['HttpMethod'])} ${path} ${textOf(properties['AuthorizationType'])}`;
  });
}

/** Of the document that the emulator's API is made from. */
function describedMethods(resources: readonly Resource[]): string[] {
  const paths = at(describedApi(resources), 'paths') as Readonly<Record<string, Properties>>;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const [scheme] = listOf(at(operation, 'security'));
      return `${method.toUpperCase()} ${path} ${scheme === undefined ? 'NONE' : 'CUSTOM'}`;
    }),
  );
}

function describedApi(resources: readonly Resource[]): Value | undefined {
  return ofType(resources, 'AWS::ApiGateway::RestApi')[0]!.properties['Body'];
}

/** With the names of the document, from either. */
function authorizerOf(resources: readonly Resource[]): Properties {
  const [authorizer] = ofType(resources, 'AWS::ApiGateway::Authorizer');
  if (authorizer !== undefined)
    return { authorizerResultTtlInSeconds: authorizer.properties['AuthorizerResultTtlInSeconds']! };
  const scheme = at(describedApi(resources), 'components', 'securitySchemes', 'token');
  return at(scheme, 'x-amazon-apigateway-authorizer') as Properties;
}

/** Paths of the queues that functions are told to leave their failed events in. */
function failedEventQueues(resources: readonly Resource[]): string[] {
  return ofType(resources, 'AWS::SSM::Parameter').flatMap(({ part, properties }) =>
    /\/failed-events\/[a-z-]+\/arn$/.test(textOf(properties['Name']))
      ? [`${part}/${targetOf(properties['Value'])}`]
      : [],
  );
}

function routePath(resources: readonly Resource[], resourceId: Resource['properties'][string]): string {
  const id = targetOf(resourceId);
  const resource = resources.find(
    (candidate) => candidate.type === 'AWS::ApiGateway::Resource' && candidate.id === id,
  );
  if (resource === undefined) return '';
  return `${routePath(resources, resource.properties['ParentId']!)}/${textOf(resource.properties['PathPart'])}`;
}
