import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stackName } from '../../lib/config/stack-name.ts';
import { NO_FILE } from '../../shared/adapters/aws/environment.ts';
import { CREDENTIALS, readDeployment, REGION, type Deployment } from './deployment.ts';
import { deployInOrder, tellOutcome, type StackOutcome } from './deploy-in-order.ts';
import { ROOT } from './folders.ts';
import { OneLineFailure } from './one-line-failure.ts';
import { runCommand } from './run-command.ts';
import { readStackOrder } from './stack-order.ts';

export interface DeployOptions {
  readonly endpoint: string;
  /** As the functions reach it, and the file that has its secret, where it wants one. */
  readonly clickHouse: { readonly url: string; readonly user?: string; readonly secretFile?: string };
  /** Whose tokens the API believes. */
  readonly issuer: { readonly issuer: string; readonly audiences: readonly string[]; readonly keys: object };
  /** Stacks beside the stateful one. Default: all. */
  readonly stacks?: 'all' | 'stateful';
  /** Default: true. */
  readonly webSocket?: boolean;
  /** Default: true. */
  readonly dashboard?: boolean;
  /** Of a page of another origin that may call the API. Default: none. */
  readonly pageOrigin?: string;
  /** Where CDK writes what it synthesises. */
  readonly outputFolder: string;
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const STATEFUL = stackName('localstack', 'stateful');
const API = stackName('localstack', 'api');
const ACCOUNT = '000000000000';
const CDKLOCAL = join(ROOT, 'node_modules', 'aws-cdk-local', 'bin', 'cdklocal');

/** Deploys every stack to an emulator; again, when they are there. @throws OneLineFailure when one is not up. */
export async function deployPlatform(options: DeployOptions): Promise<Deployment> {
  const outcomes = await deployStacks(options);
  const wrong = outcomes.filter(({ kind }) => kind !== 'up').map(tellOutcome);
  if (wrong.length > 0) throw new OneLineFailure(wrong.join('\n'));
  return readDeployment(options.endpoint);
}

/**
 * Deploys all stacks that can be: one that fails takes only those along that depend on it.
 * @throws OneLineFailure when the emulator cannot be prepared, or nothing can be synthesised.
 */
export async function deployStacks(options: DeployOptions): Promise<StackOutcome[]> {
  const { endpoint, stacks = 'all', webSocket = true, dashboard = true, outputFolder, signal } = options;
  mkdirSync(outputFolder, { recursive: true });
  const cdklocal = async (what: string, args: readonly string[]): Promise<void> =>
    runCommand(process.execPath, [CDKLOCAL, ...args], {
      cwd: ROOT,
      env: environment(endpoint),
      what,
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
      ...(signal === undefined ? {} : { signal }),
    });
  const context = ['stage=localstack', `webSocket=${webSocket}`, `dashboard=${dashboard}`];
  if (options.pageOrigin !== undefined) context.push(`pageOrigin=${options.pageOrigin}`);
  await cdklocal('synthesising', [
    'synth',
    '--quiet',
    '--output',
    outputFolder,
    ...context.flatMap((setting) => ['--context', setting]),
  ]);
  const assembly = ['--app', outputFolder];
  await cdklocal('preparing the emulator for CDK', ['bootstrap', `aws://${ACCOUNT}/${REGION}`, ...assembly]);
  const planned = readStackOrder(outputFolder).filter(({ name }) => stacks === 'all' || name === STATEFUL);
  return deployInOrder(
    planned,
    async (stack) =>
      cdklocal(`deploying ${stack}`, [
        'deploy',
        stack,
        '--exclusively',
        '--require-approval',
        'never',
        '--progress',
        'events',
        ...assembly,
        ...parametersOf(stack, options),
      ]),
    signal,
  );
}

function parametersOf(stack: string, { clickHouse, issuer }: DeployOptions): string[] {
  if (stack === STATEFUL)
    return parameters(stack, {
      ClickHouseUrl: clickHouse.url,
      ClickHouseUser: clickHouse.user ?? 'default',
      ClickHouseAccessFile: clickHouse.secretFile ?? NO_FILE,
    });
  if (stack !== API) return [];
  return parameters(stack, {
    TokenIssuer: issuer.issuer,
    TokenAudience: issuer.audiences.join(','),
    TokenJwks: JSON.stringify(issuer.keys),
  });
}

function parameters(stack: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--parameters', `${stack}:${name}=${value}`]);
}

/** S3 has its own variable, without which CDK asks the real one; addressed by IP it takes bucket names in the path. */
function environment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
