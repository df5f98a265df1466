/** What API Gateway answers by itself, in the form in which the functions answer: RFC 9457. */
import { ResponseType, type GatewayResponseOptions, type RestApiBase } from 'aws-cdk-lib/aws-apigateway';

interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

const PROBLEMS: readonly GatewayProblem[] = [
  {
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    title: 'Unauthorized',
    detail: 'token: expected Authorization: Bearer with a token that is valid',
    headers: { 'WWW-Authenticate': 'Bearer realm="millrace"' },
  },
  {
    type: ResponseType.ACCESS_DENIED,
    status: 403,
    title: 'Forbidden',
    detail: 'token: it does not allow this',
  },
  {
    // The gateway's name, and its 403, for a path or a method that it does not have.
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    title: 'Not Found',
    detail: 'no such route: GET /openapi.json has all of them',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    title: 'Payload Too Large',
    detail: 'body: expected at most 65536 bytes',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    title: 'Too Many Requests',
    detail: 'too many requests: try again in a second',
    headers: { 'Retry-After': '1' },
  },
  {
    type: ResponseType.AUTHORIZER_FAILURE,
    status: 500,
    title: 'Internal Server Error',
    detail: 'the token could not be judged: the log of the authorizer says why',
  },
  {
    type: ResponseType.INTEGRATION_FAILURE,
    status: 504,
    title: 'Gateway Timeout',
    detail: 'the function did not answer',
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: 504,
    title: 'Gateway Timeout',
    detail: 'the function took too long to answer',
  },
];

/** For what is not in the list: the gateway tells a template what it has to say, but not its status. */
const OTHERS = [ResponseType.DEFAULT_4XX, ResponseType.DEFAULT_5XX];
const OTHER_TEMPLATE =
  '{"type":"about:blank","title":$context.error.messageString,"instance":"urn:uuid:$context.requestId"}';

const HEADERS = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** @param pageOrigin where a page of another origin may read them from; null: nowhere. */
export function addGatewayProblems(api: RestApiBase, pageOrigin: string | null): void {
  const allowed: Readonly<Record<string, string>> =
    pageOrigin === null ? {} : { 'Access-Control-Allow-Origin': pageOrigin, Vary: 'Origin' };
  for (const { type, status, title, detail, headers } of PROBLEMS) {
    const body = { type: 'about:blank', title, status, detail, instance: 'urn:uuid:$context.requestId' };
    add(api, {
      type,
      statusCode: String(status),
      ...answer(JSON.stringify(body), { ...allowed, ...headers }),
    });
  }
  for (const type of OTHERS) add(api, { type, ...answer(OTHER_TEMPLATE, allowed) });
}

function add(api: RestApiBase, options: GatewayResponseOptions): void {
  api.addGatewayResponse(`Problem${options.type.responseType}`, options);
}

/** The gateway wants constants in single quotes. */
function answer(
  template: string,
  headers: Readonly<Record<string, string>>,
): Pick<GatewayResponseOptions, 'responseHeaders' | 'templates'> {
  const quoted = Object.entries({ ...HEADERS, ...headers }).map(([name, value]) => [name, `'${value}'`]);
  return {
    responseHeaders: Object.fromEntries(quoted) as Record<string, string>,
    templates: { 'application/json': template },
  };
}
