import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { proxyEvent } from '../../embedded/http-server/proxy-event.ts';
import { contractOf, type ResponseOf, type RouteKey } from '../../shared/contracts/api.ts';
import type { Role } from '../../shared/contracts/roles.ts';
import { problem, type Problem } from '../../shared/contracts/problem.ts';
import type { RestFunction } from '../../shared/runtime/rest-function.ts';

export interface RestCall {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string | Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whom the token names. */
  readonly subject?: string;
  /** Default: operator. */
  readonly role?: Role;
  /** What API Gateway puts before the path of the route. Default: nothing, as embedded. */
  readonly prefix?: string;
}

export interface RestAnswer<R extends RouteKey> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** As the contract of the route promises it. @throws Error when the request was refused. */
  readonly body: ResponseOf<R>;
  /** @throws Error when the request was not refused. */
  readonly problem: Problem;
}

/** Calls a REST function with a gateway's events, and holds each answer to the contract of its route. */
export function restClient(handler: RestFunction) {
  return async <R extends RouteKey>(route: R, call: RestCall = {}): Promise<RestAnswer<R>> => {
    const result = await handler(eventOf(route, call), {
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => 5000,
    });
    const { statusCode: status, headers = {} } = result;
    const refused = status >= 400;
    const body = refused ? null : readBody(route, status, result.body);
    const refusal = refused ? problem.parse(JSON.parse(result.body)) : null;
    return {
      status,
      headers,
      get body() {
        if (refusal !== null) throw new Error(`${route} was refused: ${refusal.detail}`);
        return body as ResponseOf<R>;
      },
      get problem() {
        if (refusal === null) throw new Error(`${route} was not refused: ${status}`);
        return refusal;
      },
    };
  };
}

function eventOf(route: RouteKey, call: RestCall): APIGatewayProxyEvent {
  const [method = '', resource = ''] = route.split(' ');
  const event = proxyEvent({
    requestId: randomUUID(),
    method,
    resource,
    path: resource.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.path?.[name] ?? '')),
    pathParameters: call.path ?? {},
    query: new URLSearchParams(call.query ?? {}),
    headers: { ...(call.body === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers },
    body: bodyText(call.body),
    sourceIp: '127.0.0.1',
    authorizer: { subject: call.subject ?? 'alice', role: call.role ?? 'operator' },
  });
  const { requestContext } = event;
  return {
    ...event,
    requestContext: { ...requestContext, path: `${call.prefix ?? ''}${requestContext.path}` },
  };
}

function bodyText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function readBody(route: RouteKey, status: number, text: string): unknown {
  const contract = contractOf(route);
  if (status !== contract.status)
    throw new Error(`${route}: expected status ${contract.status}, got ${status}`);
  if (contract.response === undefined) return null;
  return contract.response.parse(contract.contentType === undefined ? JSON.parse(text) : text);
}
