/** What lies on an emulator after a deployment, read from the parameters that the stacks published. */
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import {
  ARCHIVE_BUCKET,
  AWS_ENDPOINT_URL,
  CLICKHOUSE_SECRET_FILE,
  CLICKHOUSE_URL,
  CLICKHOUSE_USER,
  deadLetterQueueVariable,
  EVENT_BUS_NAME,
  FAILURES_BUCKET,
  failedEventsVariable,
  FUNCTIONS_PATH,
  queueVariable,
  SOCKET_ENDPOINT,
  stateMachineVariable,
  streamVariable,
  tableVariable,
} from '../../shared/adapters/aws/environment.ts';
import { functionsOfEvents } from '../../shared/adapters/aws/stage-parameters.ts';
import { topology } from '../../shared/topology.ts';
import { parameterNames, stagePath } from '../../lib/constructs/parameter-names.ts';

export const REGION = 'us-east-1';
/** Emulators believe anybody. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

const STAGE = { name: 'localstack' } as const;

export interface Deployment {
  readonly endpoint: string;
  readonly region: string;
  /** null: not deployed. */
  readonly restUrl: string | null;
  readonly socketUrl: string | null;
  /** What the AWS adapters read, as the functions have it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Physical names by logical ones. */
  readonly functions: Readonly<Record<string, string>>;
}

export async function readDeployment(endpoint: string): Promise<Deployment> {
  const published = await readParameters(endpoint);
  const restId = apiId(published.get(parameterNames.restUrl));
  const socketId = apiId(published.get(parameterNames.socketUrl));
  const variables = Object.fromEntries(
    [...parametersByVariable()].flatMap(([variable, parameter]) => {
      const value = published.get(parameter);
      return value === undefined ? [] : [[variable, value]];
    }),
  );
  const socketPath = socketId === null ? null : `/_aws/execute-api/${socketId}/live`;
  return {
    endpoint,
    region: REGION,
    restUrl: restId === null ? null : `${endpoint}/restapis/${restId}/live/_user_request_`,
    socketUrl: socketPath === null ? null : endpoint.replace(/^http/, 'ws') + socketPath,
    variables: {
      ...variables,
      [AWS_ENDPOINT_URL]: endpoint,
      [FUNCTIONS_PATH]: stagePath(STAGE, parameterNames.functions),
      ...(socketPath === null ? {} : { [SOCKET_ENDPOINT]: socketPath }),
    },
    functions: functionNames(published),
  };
}

async function readParameters(endpoint: string): Promise<ReadonlyMap<string, string>> {
  const client = new SSMClient({ ...clientOptions({ endpoint }), region: REGION, credentials: CREDENTIALS });
  const root = stagePath(STAGE, '');
  const published = new Map<string, string>();
  const pages = paginateGetParametersByPath({ client }, { Path: root.slice(0, -1), Recursive: true });
  for await (const { Parameters = [] } of pages) {
    for (const { Name, Value } of Parameters) {
      if (Name !== undefined && Value !== undefined) published.set(Name.slice(root.length), Value);
    }
  }
  client.destroy();
  return published;
}

function parametersByVariable(): ReadonlyMap<string, string> {
  return new Map([
    ...Object.keys(topology.tables).map((name) => [tableVariable(name), parameterNames.table(name)] as const),
    ...Object.keys(topology.streams).map(
      (name) => [streamVariable(name), parameterNames.stream(name)] as const,
    ),
    ...Object.keys(topology.queues).flatMap((name) => [
      [queueVariable(name), parameterNames.queueUrl(name)] as const,
      [deadLetterQueueVariable(name), parameterNames.deadLetterQueueUrl(name)] as const,
    ]),
    ...Object.keys(topology.stateMachines).map(
      (name) => [stateMachineVariable(name), parameterNames.stateMachineArn(name)] as const,
    ),
    [EVENT_BUS_NAME, parameterNames.eventBus],
    ...functionsOfEvents().map(
      (name) => [failedEventsVariable(name), parameterNames.failedEventsUrl(name)] as const,
    ),
    [FAILURES_BUCKET, parameterNames.failuresBucket],
    [ARCHIVE_BUCKET, parameterNames.archiveBucket],
    [CLICKHOUSE_URL, parameterNames.clickHouseUrl],
    [CLICKHOUSE_USER, parameterNames.clickHouseUser],
    [CLICKHOUSE_SECRET_FILE, parameterNames.clickHouseSecretFile],
  ]);
}

function functionNames(published: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(topology.functions).flatMap((name) => {
      const physicalName = published.get(parameterNames.function(name));
      return physicalName === undefined ? [] : [[name, physicalName]];
    }),
  );
}

/** Stacks know their API's address on AWS; on an emulator only the id in it counts. */
function apiId(url: string | undefined): string | null {
  return /^\w+:\/\/([a-z0-9]+)\.execute-api\./.exec(url ?? '')?.[1] ?? null;
}
