/** What was given up in a deployment, found by the names that its stacks published. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { openAwsGivenUp } from '../../../shared/adapters/aws/aws-given-up.ts';
import { clientOptions } from '../../../shared/adapters/aws/client-options.ts';
import {
  AWS_ENDPOINT_URL,
  deadLetterQueueVariable,
  EVENT_BUS_NAME,
  FAILURES_BUCKET,
  failedEventsVariable,
  FUNCTIONS_PATH,
  givenUpVariables,
  parseEnvironment,
  queueVariable,
  streamVariable,
  type Environment,
} from '../../../shared/adapters/aws/environment.ts';
import { readParametersBelow } from '../../../shared/adapters/aws/parameters-below.ts';
import {
  functionsOfEvents,
  stageParameterPath,
  stageParameters,
} from '../../../shared/adapters/aws/stage-parameters.ts';
import type { GivenUpStore } from '../../../shared/ports/given-up.ts';
import { topology } from '../../../shared/topology.ts';
import { BadInput } from '../../command-line/bad-input.ts';

/** @throws BadInput when nothing of the stage is deployed where the environment says, or it says nowhere. */
export async function openStage(stage: string): Promise<GivenUpStore> {
  return openAwsGivenUp(await environmentOf(stage));
}

async function environmentOf(stage: string): Promise<Environment> {
  const endpoint = process.env[AWS_ENDPOINT_URL] || null;
  const path = stageParameterPath(stage, '').slice(0, -1);
  const published = await readPublished(path, endpoint);
  const values = Object.fromEntries(
    Array.from(parametersByVariable(), ([variable, name]) => [variable, published.get(name)]),
  );
  if (published.size === 0)
    throw new BadInput(`--stage ${stage}: expected a deployment, but ${path} has no parameters here`);
  values[FUNCTIONS_PATH] = stageParameterPath(stage, stageParameters.functions);
  values[AWS_ENDPOINT_URL] = endpoint ?? undefined;
  return parseEnvironment(values, givenUpVariables());
}

async function readPublished(path: string, endpoint: string | null): Promise<ReadonlyMap<string, string>> {
  try {
    return await readParametersBelow(new SSMClient(clientOptions({ endpoint })), path);
  } catch (error) {
    const { message } = error as Error;
    throw new BadInput(
      `--stage: expected access to AWS as its command line has it: ${message.split('\n')[0]}`,
      {
        cause: error,
      },
    );
  }
}

function parametersByVariable(): ReadonlyMap<string, string> {
  return new Map([
    [FAILURES_BUCKET, stageParameters.failuresBucket],
    [EVENT_BUS_NAME, stageParameters.eventBus],
    ...functionsOfEvents().map(
      (name) => [failedEventsVariable(name), stageParameters.failedEventsUrl(name)] as const,
    ),
    ...Object.keys(topology.streams).map(
      (name) => [streamVariable(name), stageParameters.stream(name)] as const,
    ),
    ...Object.keys(topology.queues).flatMap((name) => [
      [queueVariable(name), stageParameters.queueUrl(name)] as const,
      [deadLetterQueueVariable(name), stageParameters.deadLetterQueueUrl(name)] as const,
    ]),
  ]);
}
