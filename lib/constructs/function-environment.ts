/** The values of the variables that a function's capabilities call for, beside the statements that let it use them. */
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology } from '../../shared/topology.ts';
import {
  ARCHIVE_BUCKET,
  CLICKHOUSE_PASSWORD_SECRET_ARN,
  CLICKHOUSE_SECRET_FILE,
  CLICKHOUSE_URL,
  CLICKHOUSE_USER,
  deadLetterQueueVariable,
  EVENT_BUS_NAME,
  FAILURES_BUCKET,
  failedEventsVariable,
  FUNCTIONS_PATH,
  queueVariable,
  stateMachineVariable,
  streamVariable,
  tableVariable,
  variablesFor,
} from '../../shared/adapters/aws/environment.ts';
import { functionsOfEvents } from '../../shared/adapters/aws/stage-parameters.ts';
import type { PlatformReferences } from './platform-references.ts';

/**
 * @param own variables whose values only the function's own stack knows.
 * @throws Error when a variable that the function needs has no value: the stack has forgotten it.
 */
export function functionEnvironment(
  capabilities: Capabilities,
  platform: PlatformReferences,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = platformValues(platform);
  const needed = variablesFor(capabilities).map((variable): [string, string] => {
    const value = own[variable] ?? values.get(variable)?.();
    if (value === undefined) throw new Error(`no value for the environment variable ${variable}`);
    return [variable, value];
  });
  const environment = Object.fromEntries(needed);
  if (CLICKHOUSE_URL in environment) {
    if (platform.stage.emulated) environment[CLICKHOUSE_SECRET_FILE] = platform.clickHouseSecretFile;
    else environment[CLICKHOUSE_PASSWORD_SECRET_ARN] = platform.clickHouseSecretArn;
  }
  return environment;
}

/** Looked up only when asked for, so that a stack has parameters for what it uses and no more. */
function platformValues(platform: PlatformReferences): ReadonlyMap<string, () => string> {
  return new Map([
    ...Object.keys(topology.tables).map(
      (name) => [tableVariable(name), () => platform.tableName(name)] as const,
    ),
    ...Object.keys(topology.streams).map(
      (name) => [streamVariable(name), () => platform.streamName(name)] as const,
    ),
    ...Object.keys(topology.queues).flatMap((name) => [
      [queueVariable(name), () => platform.queueUrl(name)] as const,
      [deadLetterQueueVariable(name), () => platform.deadLetterQueueUrl(name)] as const,
    ]),
    ...Object.keys(topology.stateMachines).map(
      (name) => [stateMachineVariable(name), () => platform.stateMachineArn(name)] as const,
    ),
    [EVENT_BUS_NAME, () => platform.eventBusName],
    ...functionsOfEvents().map(
      (name) => [failedEventsVariable(name), () => platform.failedEventsUrl(name)] as const,
    ),
    [FAILURES_BUCKET, () => platform.failuresBucketName],
    [ARCHIVE_BUCKET, () => platform.archiveBucketName],
    [CLICKHOUSE_URL, () => platform.clickHouseUrl],
    [CLICKHOUSE_USER, () => platform.clickHouseUser],
    [FUNCTIONS_PATH, () => platform.functionsPath],
  ]);
}
