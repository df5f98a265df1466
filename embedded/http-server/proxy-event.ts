/** Requests as API Gateway's REST API shows them to a function and to its authorizer. */
import type { IncomingHttpHeaders } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';

export interface ProxyRequest {
  readonly requestId: string;
  readonly method: string;
  /** The route's path, with its parameters in braces. */
  readonly resource: string;
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** '': none. */
  readonly body: string;
  readonly sourceIp: string;
  /** What the authorizer said of the caller; null: the route is open. */
  readonly authorizer: Readonly<Record<string, unknown>> | null;
}

/** An API that exists nowhere but here, in the form that policies are written about. */
const API_ARN = 'arn:aws:execute-api:local:000000000000:millrace';
const STAGE = 'embedded';

export function proxyEvent(request: ProxyRequest): APIGatewayProxyEvent {
  const { method, resource, path, requestId } = request;
  const query = [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)] as const);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, textsOf(value)] as const);
  return {
    resource,
    path,
    httpMethod: method,
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: orNull(Object.fromEntries(query.map(([name, values]) => [name, values.at(-1)]))),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    pathParameters: orNull(request.pathParameters),
    stageVariables: null,
    body: request.body === '' ? null : request.body,
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'millrace',
      authorizer: request.authorizer ?? {},
      protocol: 'HTTP/1.1',
      httpMethod: method,
      identity: {
        ...NO_IDENTITY,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? null,
      },
      path,
      stage: STAGE,
      requestId,
      requestTimeEpoch: Date.now(),
      resourceId: resource,
      resourcePath: resource,
    },
  };
}

export function authorizerEvent(
  method: string,
  path: string,
  authorization: string,
): APIGatewayTokenAuthorizerEvent {
  return {
    type: 'TOKEN',
    authorizationToken: authorization,
    methodArn: methodArnOf(method, path),
  };
}

export function methodArnOf(method: string, path: string): string {
  return `${API_ARN}/${STAGE}/${method}${path}`;
}

function textsOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** API Gateway says null where there is nothing. */
function orNull<T extends object>(fields: T): T | null {
  return Object.keys(fields).length === 0 ? null : fields;
}

const NO_IDENTITY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;
