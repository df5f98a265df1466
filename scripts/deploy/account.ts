/** What a deployment asks of an AWS account. It changes nothing. */
import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DescribeLimitsCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readParametersBelow } from '../../shared/adapters/aws/parameters-below.ts';
import { stackPrefix } from '../../lib/config/stack-name.ts';
import { stagePath } from '../../lib/constructs/parameter-names.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import type { Template } from './assembly.ts';
import type { DeployRequest } from './options.ts';
import { couldNotBeMade, type DeployedStack, type DeployedStacks } from './stack-state.ts';
import type { AccountQuotas } from './quotas.ts';

type StageName = DeployRequest['stage'];

export interface Account {
  readonly id: string;
  readonly region: string;
  /** The version of the stack that `cdk bootstrap` makes; null: there is none. */
  bootstrapVersion(): Promise<number | null>;
  quotas(): Promise<AccountQuotas>;
  deployedStacks(): Promise<DeployedStacks>;
  /** What the stage's stacks have published, by name below its path. */
  published(): Promise<ReadonlyMap<string, string>>;
  /** null: there is none, or none that is text. */
  secret(arn: string): Promise<string | null>;
}

const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 20_000;

/** Region, credentials and endpoint are found as the AWS command line finds them. @throws OneLineFailure */
export async function openAccount(stage: StageName): Promise<Account> {
  const options = {
    // HTTP/1.1: see shared/adapters/aws/client-options.ts.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  };
  const sts = new STSClient(options);
  const region = await asking('the region', 'expected AWS_REGION, or a profile that has one', async () =>
    sts.config.region(),
  );
  const { Account: id = '' } = await asking(
    `the credentials, in ${region}`,
    'expected what `aws sts get-caller-identity` accepts',
    async () => sts.send(new GetCallerIdentityCommand()),
  );
  const ssm = new SSMClient(options);
  const cloudFormation = new CloudFormationClient(options);
  return {
    id,
    region,
    bootstrapVersion: async () => readBootstrapVersion(ssm),
    quotas: async () => readQuotas(new LambdaClient(options), new KinesisClient(options)),
    deployedStacks: async () => readDeployedStacks(cloudFormation, stage),
    published: async () => readPublished(ssm, stage),
    secret: async (arn) => readSecret(new SecretsManagerClient(options), arn),
  };
}

const MAY_READ = 'expected an answer; may these credentials read it?';

/** @throws OneLineFailure of what was asked, what came and what was expected. */
async function asking<T>(what: string, expected: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = error as Error;
    throw new OneLineFailure(
      `AWS does not tell ${what}: ${name}: ${message.split('\n', 1)[0]}: ${expected}`,
      { cause: error },
    );
  }
}

async function readBootstrapVersion(ssm: SSMClient): Promise<number | null> {
  return asking('the version of its CDK stack', MAY_READ, async () => {
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_VERSION }));
      return Number(Parameter?.Value);
    } catch (error) {
      if ((error as Error).name === 'ParameterNotFound') return null;
      throw error;
    }
  });
}

async function readQuotas(lambda: LambdaClient, kinesis: KinesisClient): Promise<AccountQuotas> {
  const { AccountLimit } = await asking('its Lambda concurrency', MAY_READ, async () =>
    lambda.send(new GetAccountSettingsCommand()),
  );
  const shards = await asking('its Kinesis shards', MAY_READ, async () =>
    kinesis.send(new DescribeLimitsCommand()),
  );
  return {
    concurrency: {
      limit: AccountLimit?.ConcurrentExecutions ?? 0,
      unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
    },
    shards: { limit: shards.ShardLimit ?? 0, open: shards.OpenShardCount ?? 0 },
  };
}

async function readDeployedStacks(client: CloudFormationClient, stage: StageName): Promise<DeployedStacks> {
  return asking('its stacks', MAY_READ, async () => {
    const found: Stack[] = [];
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
      found.push(...Stacks.filter(({ StackName = '' }) => StackName.startsWith(stackPrefix(stage))));
    const deployed = new Map<string, DeployedStack>();
    for (const stack of found) {
      const { StackName = '', StackStatus: status = 'CREATE_COMPLETE' } = stack;
      // A name that CloudFormation knows of, and nothing behind it.
      if (status === 'REVIEW_IN_PROGRESS' || status === 'DELETE_COMPLETE') continue;
      const isProtected = stack.EnableTerminationProtection === true;
      const kept = couldNotBeMade(status) ? NOTHING_KEPT : await readKept(client, stack);
      deployed.set(StackName, { status, isProtected, ...kept });
    }
    return deployed;
  });
}

const NOTHING_KEPT = { parameters: new Map<string, string>(), template: {} };

async function readKept(
  client: CloudFormationClient,
  { StackName, Parameters = [] }: Stack,
): Promise<Pick<DeployedStack, 'parameters' | 'template'>> {
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
  return {
    parameters: new Map(
      Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    template: JSON.parse(TemplateBody) as Template,
  };
}

async function readSecret(client: SecretsManagerClient, arn: string): Promise<string | null> {
  return asking(`the secret ${arn}`, MAY_READ, async () => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      return SecretString ?? null;
    } catch (error) {
      // Without a value that is said, too.
      if ((error as Error).name === 'ResourceNotFoundException') return null;
      throw error;
    }
  });
}

async function readPublished(ssm: SSMClient, stage: StageName): Promise<ReadonlyMap<string, string>> {
  return asking('what the stacks have published', MAY_READ, async () =>
    readParametersBelow(ssm, stagePath({ name: stage }, '').slice(0, -1)),
  );
}
