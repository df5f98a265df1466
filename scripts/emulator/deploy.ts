import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NO_FILE } from '../../shared/adapters/aws/environment.ts';
import { CREDENTIALS, readDeployment, REGION, type Deployment } from './deployment.ts';
import { ROOT } from './folders.ts';
import { runCommand } from './run-command.ts';

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
  /** Where CDK writes what it synthesises. */
  readonly outputFolder: string;
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const ACCOUNT = '000000000000';
const CDKLOCAL = join(ROOT, 'node_modules', 'aws-cdk-local', 'bin', 'cdklocal');

/** Deploys the platform's stacks to an emulator; again, when they are there. @throws OneLineFailure */
export async function deployPlatform(options: DeployOptions): Promise<Deployment> {
  const { endpoint, clickHouse, issuer, stacks = 'all', webSocket = true, outputFolder } = options;
  mkdirSync(outputFolder, { recursive: true });
  const cdklocal = async (what: string, args: readonly string[]): Promise<void> =>
    runCommand(process.execPath, [CDKLOCAL, ...args], {
      cwd: ROOT,
      env: environment(endpoint),
      what,
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  const common = [
    '--output',
    outputFolder,
    '--context',
    'stage=localstack',
    '--context',
    `webSocket=${webSocket}`,
  ];
  await cdklocal('preparing the emulator for CDK', ['bootstrap', `aws://${ACCOUNT}/${REGION}`, ...common]);
  await cdklocal('deploying', [
    'deploy',
    ...(stacks === 'all' ? ['--all'] : ['millrace-localstack-stateful', '--exclusively']),
    '--require-approval',
    'never',
    '--progress',
    'events',
    ...common,
    ...parameters('millrace-localstack-stateful', {
      ClickHouseUrl: clickHouse.url,
      ClickHouseUser: clickHouse.user ?? 'default',
      ClickHouseAccessFile: clickHouse.secretFile ?? NO_FILE,
    }),
    ...parameters('millrace-localstack-api', {
      TokenIssuer: issuer.issuer,
      TokenAudience: issuer.audiences.join(','),
      TokenJwks: JSON.stringify(issuer.keys),
    }),
  ]);
  return readDeployment(endpoint);
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
