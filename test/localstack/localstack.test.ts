/** The platform's stacks on LocalStack without Docker, and the AWS adapters over them. No function runs there. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deployStacks } from '../../scripts/emulator/deploy.ts';
import type { StackOutcome } from '../../scripts/emulator/deploy-in-order.ts';
import { readDeployment, type Deployment } from '../../scripts/emulator/deployment.ts';
import { inspectEmulator } from '../../scripts/emulator/inspect-emulator.ts';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import {
  parseEnvironment,
  stateMachineVariable,
  type Environment,
} from '../../shared/adapters/aws/environment.ts';
import { StepFunctionsExecutions } from '../../shared/adapters/aws/step-functions-executions.ts';
import { topology } from '../../shared/topology.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { describeAwsAdapters } from '../emulator/aws-adapters.ts';
import { openLocalStack, outwardAddresses, type EmulatorUnderTest } from '../emulator/emulator-under-test.ts';
import { readDeployedApi, type DeployedApi } from './deployed-api.ts';

/** Installing it takes minutes the first time, and so may the stacks. */
const SET_UP_MS = 560_000;

const PAGE_ORIGIN = 'https://desk.example.com';

let emulator: EmulatorUnderTest;
let deployment: Deployment;
let outcomes: readonly StackOutcome[];
let environment: Environment;

beforeAll(async () => {
  emulator = await openLocalStack();
  const { webSocket, dashboard } = await inspectEmulator(emulator.endpoint);
  outcomes = await deployStacks({
    endpoint: emulator.endpoint,
    clickHouse: { url: 'http://127.0.0.1:1' },
    issuer: { issuer: 'none', audiences: ['none'], keys: { keys: [] } },
    webSocket,
    dashboard,
    pageOrigin: PAGE_ORIGIN,
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  deployment = await readDeployment(emulator.endpoint);
  environment = parseEnvironment(deployment.variables, []);
}, SET_UP_MS);

afterAll(async () => emulator.close());

describe('the stacks', () => {
  it('are all up but those of services that it does not have', () => {
    const up = ['stateful', 'backtest', 'api', 'market-data', 'trading'];
    expect([...outcomes].sort((a, b) => a.stack.localeCompare(b.stack))).toEqual(
      up.sort().map((part) => ({ kind: 'up', stack: `millrace-localstack-${part}` })),
    );
  });

  it('publish every name that the adapters ask for', () => {
    expect(Object.keys(deployment.functions).length).toBeGreaterThan(20);
    expect(deployment.restUrl).not.toBeNull();
    expect(deployment.socketUrl).toBeNull();
  });
});

describe('the REST API', () => {
  let api: DeployedApi;
  beforeAll(async () => {
    api = await readDeployedApi(emulator.endpoint, deployment.restUrl!);
  });

  it('has one authorizer: the function of the topology, asked anew for each request', () => {
    expect(api.authorizers).toMatchObject([
      {
        type: 'TOKEN',
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 0,
        authorizerUri: expect.stringContaining(
          `:function:${deployment.functions[topology.authorizer]}/invocations`,
        ),
      },
    ]);
  });

  it('has every route behind it, but for those that the topology leaves open', () => {
    const { id } = api.authorizers[0]!;
    const expected = topology.routes.map((route) => ({
      route: `${route.method} ${route.path}`,
      type: 'open' in route ? 'NONE' : 'CUSTOM',
      authorizerId: 'open' in route ? null : id,
    }));
    const shown = api.methods
      .filter(({ route }) => !route.startsWith('OPTIONS '))
      .map(({ route, type, authorizerId }) => ({ route, type, authorizerId }));
    expect(shown).toEqual(expected.sort((a, b) => a.route.localeCompare(b.route)));
  });

  it('calls for each route the function that the topology names', () => {
    for (const { method, path, function: name } of topology.routes) {
      const deployed = api.methods.find(({ route }) => route === `${method} ${path}`);
      expect(deployed?.uri).toContain(`:function:${deployment.functions[name]}/invocations`);
    }
  });

  it('lets a page from elsewhere ask on every path, without a token, whether it may call it', async () => {
    const asked = api.methods.filter(({ route }) => route.startsWith('OPTIONS '));
    const paths = new Set(topology.routes.map(({ path }) => path));
    expect(asked.map(({ route, type }) => `${route} ${type}`).sort()).toEqual(
      [...paths].map((path) => `OPTIONS ${path} NONE`).sort(),
    );
    const answer = await fetch(`${deployment.restUrl}/v1/orders`, {
      method: 'OPTIONS',
      headers: { origin: PAGE_ORIGIN, 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': PAGE_ORIGIN,
      'access-control-allow-headers': 'authorization,content-type',
    });
  });

  it('is not guarded by this gateway, which keeps authorizers and never asks one: deploy:local says so', async () => {
    expect((await inspectEmulator(emulator.endpoint)).asksAuthorizers).toBe(false);
    const answer = await fetch(`${deployment.restUrl}/v1/orders`);
    // The request of a stranger has come as far as the function, which does not run.
    expect(answer.status).toBe(504);
  });
});

describe('LocalStack itself', () => {
  it('leaves no process behind when it is killed, its database neither', async () => {
    const killed = await openLocalStack();
    try {
      // The database is started when it is first asked for.
      await new DynamoDBClient({ endpoint: killed.endpoint }).send(new ListTablesCommand());
      expect(await commandsWith(killed.folder)).not.toEqual([]);
      process.kill(-killed.processGroup, 'SIGKILL');
      await eventually(
        () => commandsWith(killed.folder),
        (commands) => expect(commands).toEqual([]),
      );
    } finally {
      await killed.close();
    }
  }, 180_000);

  it('answers nobody but this machine', async () => {
    const { port } = new URL(emulator.endpoint);
    for (const address of outwardAddresses())
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
  });
});

describe('StepFunctionsExecutions', () => {
  it('starts an execution once, and refuses the name for another input', async () => {
    const executions = new StepFunctionsExecutions(environment);
    const name = randomUUID();
    await executions.start('run-backtest-grid', name, { runId: name });
    await executions.start('run-backtest-grid', name, { runId: name });
    await expect(executions.start('run-backtest-grid', name, { runId: 'another' })).rejects.toThrow(
      `execution ${name} of run-backtest-grid exists with another input`,
    );
    const executionArn = `${environment.text(stateMachineVariable('run-backtest-grid')).replace(':stateMachine:', ':execution:')}:${name}`;
    const { input } = await new SFNClient(clientOptions(environment)).send(
      new DescribeExecutionCommand({ executionArn }),
    );
    expect(input).toBe(JSON.stringify({ runId: name }));
  });

  it('knows nothing of an execution that was never started', async () => {
    expect(
      await new StepFunctionsExecutions(environment).describe('run-backtest-grid', randomUUID()),
    ).toBeNull();
  });
});

describeAwsAdapters(() => environment);

/** The command lines of this machine's processes that name this folder. */
async function commandsWith(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-A', '-o', 'args=']);
  return stdout.split('\n').filter((command) => command.includes(folder));
}
