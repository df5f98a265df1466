import { randomUUID } from 'node:crypto';
import { proxyEvent } from '../../embedded/http-server/proxy-event.ts';
import { contractOf, type RouteKey } from '../../shared/contracts/api.ts';
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
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Of the kind that the contract promises. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** Calls a REST function with a gateway's events, and holds each answer to the contract of its route. */
export function restClient(handler: RestFunction) {
  return async (route: RouteKey, call: RestCall = {}): Promise<RestAnswer> => {
    const [method = '', resource = ''] = route.split(' ');
    const result = await handler(
      proxyEvent({
        requestId: randomUUID(),
        method,
        resource,
        path: resource.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(call.path?.[name] ?? ''),
        ),
        pathParameters: call.path ?? {},
        query: new URLSearchParams(call.query ?? {}),
        headers: {
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        body: bodyText(call.body),
        sourceIp: '127.0.0.1',
        authorizer: { subject: call.subject ?? 'alice' },
      }),
      { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 5000 },
    );
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      body: readAnswer(route, result.statusCode, result.body),
    };
  };
}

function bodyText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function readAnswer(route: RouteKey, status: number, text: string): unknown {
  if (status >= 400) return problem.parse(JSON.parse(text)) satisfies Problem;
  const contract = contractOf(route);
  if (status !== contract.status)
    throw new Error(`${route}: expected status ${contract.status}, got ${status}`);
  if (contract.response === undefined) return text;
  return contract.response.parse(JSON.parse(text));
}
