/**
 * What every REST handler has around it: requests parsed by the contract of their route, expected outcomes turned
 * into answers, and whatever nobody expected into a 500 that tells the caller nothing but where to look in the log.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { contracts, contractOf, isRoute, type RouteContract } from '../contracts/api.ts';
import {
  PROBLEM_CONTENT_TYPE,
  problemOf,
  RETRY_AFTER_SECONDS,
  unavailableDetail,
  type FieldError,
} from '../contracts/problem.ts';
import { isRole, type Role } from '../contracts/roles.ts';
import { ConditionFailed } from '../ports/state-store.ts';
import { Unreachable } from '../ports/unreachable.ts';
import type { FunctionName } from '../topology.ts';
import { crossOriginHeaders } from './cross-origin.ts';
import { defineFunction, describeError, type FunctionHandler, type Invocation } from './define-function.ts';
import { log } from './log.ts';
import { mayUse } from './route-access.ts';
import type { Refusal, RestHandlers, RestOutcome, RestRequest } from './rest-outcome.ts';
import { parseRequest } from './rest-request.ts';

const STATUS_OF: Readonly<Record<Refusal['kind'], number>> = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-type': 415,
  unprocessable: 422,
};

export type RestFunction = FunctionHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** @param handlers one for each route that topology.ts gives to the function. */
export function defineRestFunction<F extends FunctionName>(name: F, handlers: RestHandlers<F>): RestFunction {
  return defineFunction(name, async (event: APIGatewayProxyEvent, invocation) => {
    const answer = await answerRequest(handlers, event, invocation);
    if (answer.statusCode >= 500) invocation.count('serverErrors');
    else if (answer.statusCode >= 400) invocation.count('clientErrors');
    return answer;
  });
}

/** What the compiler has checked route by route is called by name here. */
type AnyHandlers = Readonly<Record<string, (request: RestRequest<never>) => Promise<RestOutcome<never>>>>;

async function answerRequest(
  handlers: AnyHandlers,
  event: APIGatewayProxyEvent,
  invocation: Invocation,
): Promise<APIGatewayProxyResult> {
  const route = `${event.httpMethod} ${event.resource}`;
  const handler = Object.hasOwn(handlers, route) ? handlers[route] : undefined;
  if (!isRoute(route) || handler === undefined) {
    return refuse({ kind: 'not-found', detail: `no such route: ${event.httpMethod} ${event.path}` });
  }
  const role = roleOf(event);
  // The gateway has asked the authorizer. A route that lets somebody in by mistake there lets nobody in here.
  if (!mayUse(role, route)) return refuse({ kind: 'forbidden', detail: 'token: it does not allow this' });
  try {
    const request = parseRequest(contractOf(route), event);
    if (request.kind !== 'parsed') return refuse(request);
    const subject = subjectOf(event);
    const outcome = await handler({ ...request.parts, subject, role });
    return outcome.kind === 'done' ? succeed(contracts[route], outcome, prefixOf(event)) : refuse(outcome);
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return refuse({ kind: 'conflict', detail: 'somebody else changed it at the same time: read it again' });
    }
    if (error instanceof Unreachable) return unavailable(error);
    log.error('request failed', { route, requestId: invocation.requestId, error: describeError(error) });
    const instance = `urn:uuid:${invocation.requestId}`;
    return problemAnswer(500, { detail: 'unexpected error: the log has it under this instance', instance });
  }
}

function subjectOf(event: APIGatewayProxyEvent): string {
  const subject: unknown = event.requestContext.authorizer?.['subject'];
  return typeof subject === 'string' ? subject : '';
}

function roleOf(event: APIGatewayProxyEvent): Role | null {
  const role: unknown = event.requestContext.authorizer?.['role'];
  return isRole(role) ? role : null;
}

/** What callers have to put before a route's path: on AWS the gateway's stage, or what a domain of one's own maps. */
function prefixOf({ requestContext: { path }, resource }: APIGatewayProxyEvent): string {
  return path.endsWith(resource) ? path.slice(0, -resource.length) : '';
}

function succeed(
  contract: RouteContract,
  outcome: { readonly body: unknown; readonly location?: string },
  prefix: string,
) {
  const location = outcome.location === undefined ? {} : { location: `${prefix}${outcome.location}` };
  if (contract.response === undefined) return answer(contract.status, {}, '');
  const { contentType = 'application/json; charset=utf-8' } = contract;
  const text = contract.contentType === undefined ? JSON.stringify(outcome.body) : (outcome.body as string);
  return answer(contract.status, { 'content-type': contentType, ...location }, text);
}

function refuse(refusal: Refusal): APIGatewayProxyResult {
  const errors = 'errors' in refusal && refusal.errors !== undefined ? { errors: refusal.errors } : {};
  return problemAnswer(STATUS_OF[refusal.kind], { detail: refusal.detail, ...errors });
}

/** Nothing is wrong with the request: the same one is answered when the store is back. */
function unavailable({ store }: Unreachable): APIGatewayProxyResult {
  const { headers, ...problem } = problemAnswer(503, { detail: unavailableDetail(store) });
  return { ...problem, headers: { ...headers, 'retry-after': String(RETRY_AFTER_SECONDS) } };
}

interface ProblemParts {
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
}

function problemAnswer(status: number, { detail, ...more }: ProblemParts): APIGatewayProxyResult {
  return answer(
    status,
    { 'content-type': PROBLEM_CONTENT_TYPE },
    JSON.stringify(problemOf(status, detail, more)),
  );
}

function answer(
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): APIGatewayProxyResult {
  return { statusCode, headers: { ...COMMON_HEADERS, ...crossOriginHeaders(), ...headers }, body };
}

/** Answers are data, never pages, and never kept by anything on their way. */
const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
