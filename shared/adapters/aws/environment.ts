/**
 * What a function is told of the world around it: the names of the resources it may use, one environment variable
 * each. The stacks set exactly the variables that a function's capabilities call for, under the names made here,
 * and the adapters read them by the same names.
 */
import * as z from 'zod';
import { usesClickHouse, type Capabilities } from '../../topology-schema.ts';
import { topology, type FunctionName, type TableName } from '../../topology.ts';
import { functionsOfEvents } from './stage-parameters.ts';

export const EVENT_BUS_NAME = 'EVENT_BUS_NAME';
export const ARCHIVE_BUCKET = 'ARCHIVE_BUCKET';
/** Where Lambda leaves the batches of a stream that were given up. */
export const FAILURES_BUCKET = 'FAILURES_BUCKET';
/** Absolute, or a path beneath the emulator's endpoint. */
export const SOCKET_ENDPOINT = 'SOCKET_ENDPOINT';
/** The SSM path under which each function's physical name is kept by its logical one. */
export const FUNCTIONS_PATH = 'FUNCTIONS_PATH';
export const CLICKHOUSE_URL = 'CLICKHOUSE_URL';
export const CLICKHOUSE_USER = 'CLICKHOUSE_USER';
/** Set where the password is a secret; a local server has none. */
export const CLICKHOUSE_PASSWORD_SECRET_ARN = 'CLICKHOUSE_PASSWORD_SECRET_ARN';
/** Set on an emulator: the file with the secret of a ClickHouse server on this machine, or `NO_FILE`. */
export const CLICKHOUSE_SECRET_FILE = 'CLICKHOUSE_SECRET_FILE';
/** A parameter cannot be empty. */
export const NO_FILE = 'none';
export const TOKEN_ISSUER = 'TOKEN_ISSUER';
/** What tokens are for, separated by commas: audiences or ids of clients. */
export const TOKEN_AUDIENCE = 'TOKEN_AUDIENCE';
/** Which tokens are believed and what they allow, as JSON: the stage's `TokenRules`. */
export const TOKEN_RULES = 'TOKEN_RULES';
/** The https address of a JWKS, or the JWKS itself. */
export const TOKEN_JWKS = 'TOKEN_JWKS';
/** What the collector listens to: an exchange, and its own symbols separated by commas. */
export const COLLECTOR_SYMBOLS = 'COLLECTOR_SYMBOLS';
/** Set, both, where a stand-in for the exchange is listened to. */
export const COLLECTOR_WS = 'COLLECTOR_WS';
export const COLLECTOR_REST = 'COLLECTOR_REST';
/** Where an emulator listens; the SDK reads the same variable. */
export const AWS_ENDPOINT_URL = 'AWS_ENDPOINT_URL';

export function tableVariable(table: string): string {
  return `TABLE_${constantCase(table)}`;
}

export function streamVariable(stream: string): string {
  return `STREAM_${constantCase(stream)}`;
}

export function queueVariable(queue: string): string {
  return `QUEUE_${constantCase(queue)}_URL`;
}

export function deadLetterQueueVariable(queue: string): string {
  return `QUEUE_${constantCase(queue)}_DEAD_LETTERS_URL`;
}

export function failedEventsVariable(functionName: string): string {
  return `FAILED_EVENTS_${constantCase(functionName)}_URL`;
}

export function stateMachineVariable(stateMachine: string): string {
  return `STATE_MACHINE_${constantCase(stateMachine)}_ARN`;
}

function constantCase(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

/** The variables that a function needs for what it may do. */
export function variablesFor(capabilities: Capabilities): readonly string[] {
  const queues = Object.keys(topology.queues);
  const variables = [
    ...Object.keys(capabilities.state ?? {}).map(tableVariable),
    ...(capabilities.append ?? []).map(streamVariable),
    ...(capabilities.publish === undefined ? [] : [EVENT_BUS_NAME]),
    ...(capabilities.send ?? []).map(queueVariable),
    ...(capabilities.objects === undefined ? [] : [ARCHIVE_BUCKET]),
    ...(usesClickHouse(capabilities) ? [CLICKHOUSE_URL, CLICKHOUSE_USER] : []),
    ...(capabilities.push === undefined ? [] : [SOCKET_ENDPOINT]),
    ...(capabilities.execute ?? []).map(stateMachineVariable),
    ...(capabilities.functionHealth === undefined ? [] : [FUNCTIONS_PATH, ...queues.map(queueVariable)]),
    ...(capabilities.deadLetters === undefined ? [] : queues.map(deadLetterQueueVariable)),
    ...(capabilities.deadLetters === 'write' ? queues.map(queueVariable) : []),
    ...(capabilities.givenUp === undefined ? [] : givenUpVariables()),
    ...(capabilities.verifyTokens === undefined
      ? []
      : [TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_JWKS, TOKEN_RULES]),
  ];
  return [...new Set(variables)];
}

/** What was given up lies in a bucket and in queues, and goes back through streams, bus and queues. */
export function givenUpVariables(): readonly string[] {
  return [
    FAILURES_BUCKET,
    FUNCTIONS_PATH,
    EVENT_BUS_NAME,
    ...functionsOfEvents().map(failedEventsVariable),
    ...Object.keys(topology.streams).map(streamVariable),
    ...Object.keys(topology.queues).flatMap((name) => [queueVariable(name), deadLetterQueueVariable(name)]),
  ];
}

/** What the collector writes to: all streams, and how far it has come. */
export const COLLECTOR_TABLE: TableName = 'operations';

export function collectorVariables(): readonly string[] {
  const streams = Object.keys(topology.streams).map(streamVariable);
  return [...streams, tableVariable(COLLECTOR_TABLE), COLLECTOR_SYMBOLS];
}

export interface Environment {
  /** Where an emulator listens; null on AWS. */
  readonly endpoint: string | null;
  /** @throws Error naming the variable, when the function was not given it. */
  text(variable: string): string;
  /** For what may be absent. */
  optionalText(variable: string): string | null;
}

/** @throws Error of one line that names every variable that is missing or empty. */
export function parseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  expected: readonly string[],
): Environment {
  const schema = z.looseObject(Object.fromEntries(expected.map((name) => [name, z.string().min(1)])));
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const missing = parsed.error.issues.map((issue) => issue.path.join('.'));
    throw new Error(`environment: expected a value for ${missing.join(', ')}`);
  }
  const optionalText = (name: string): string | null => variables[name] || null;
  return {
    endpoint: optionalText(AWS_ENDPOINT_URL),
    optionalText,
    text(name) {
      const value = optionalText(name);
      if (value === null)
        throw new Error(`environment: ${name} is not set: the function has no capability for it`);
      return value;
    },
  };
}

/** Read once at cold start, so that a function deployed without what it needs fails before its first record. */
export function readEnvironment(functionName: FunctionName): Environment {
  return parseEnvironment(process.env, variablesFor(topology.functions[functionName].capabilities));
}
