/** Parameters of a stage that are read at run time too: by the command line, which knows of a deployment its stage alone. */
import { topology, type FunctionName } from '../../topology.ts';

/** Where a stage keeps its names in SSM. @param name below the stage's path; empty for the path itself. */
export function stageParameterPath(stage: string, name: string): string {
  return `/millrace/${stage}/${name}`;
}

export const stageParameters = {
  stream: (stream: string) => `streams/${stream}`,
  queueUrl: (queue: string) => `queues/${queue}/url`,
  deadLetterQueueUrl: (queue: string) => `queues/${queue}/dead-letters/url`,
  eventBus: 'event-bus',
  failuresBucket: 'failures-bucket',
  failedEventsUrl: (functionName: string) => `failed-events/${functionName}/url`,
  failedEventsArn: (functionName: string) => `failed-events/${functionName}/arn`,
  eventQueueArn: (functionName: string) => `event-queues/${functionName}/arn`,
  functions: 'functions',
} as const;

/** The functions that are handed events without anybody waiting for the answer: what they fail to the end is kept. */
export function functionsOfEvents(): readonly FunctionName[] {
  const called: readonly FunctionName[] = [
    ...topology.rules.flatMap((rule) => [...rule.functions]),
    ...topology.schedules.map((schedule) => schedule.function),
  ];
  return [...new Set(called)].sort();
}
