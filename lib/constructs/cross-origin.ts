/** A page that is served from elsewhere: what browsers ask before they let it call the API, and what they are told. */
import { Method, type CorsOptions, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Duration } from 'aws-cdk-lib';
import { ALLOWED_ORIGIN } from '../../shared/runtime/cross-origin.ts';
import type { Stage } from '../config/stage.ts';
import { acknowledge } from './permission.ts';

/** How long a browser need not ask again. */
const PREFLIGHT_MAX_AGE = Duration.minutes(10);
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const REQUEST_HEADERS = ['authorization', 'content-type'];

export function originSetting({ pageOrigin }: Stage): Readonly<Record<string, string>> {
  return pageOrigin === null ? {} : { [ALLOWED_ORIGIN]: pageOrigin };
}

export function preflightOptions(pageOrigin: string | null): {
  readonly defaultCorsPreflightOptions?: CorsOptions;
} {
  if (pageOrigin === null) return {};
  return {
    defaultCorsPreflightOptions: {
      allowOrigins: [pageOrigin],
      allowMethods: METHODS,
      allowHeaders: REQUEST_HEADERS,
      maxAge: PREFLIGHT_MAX_AGE,
    },
  };
}

/** The same as `preflightOptions`, as an operation of an OpenAPI document. */
export function preflightOperation(pageOrigin: string): object {
  const headers = {
    'Access-Control-Allow-Origin': pageOrigin,
    'Access-Control-Allow-Methods': METHODS.join(','),
    'Access-Control-Allow-Headers': REQUEST_HEADERS.join(','),
    'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE.toSeconds()),
    Vary: 'Origin',
  };
  const quoted = Object.entries(headers).map(([name, value]) => [
    `method.response.header.${name}`,
    `'${value}'`,
  ]);
  const names = Object.keys(headers).map((name) => [name, { schema: { type: 'string' } }]);
  return {
    security: [],
    responses: {
      '204': { description: 'Whether the page may ask', headers: Object.fromEntries(names) as object },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
      responses: {
        default: { statusCode: '204', responseParameters: Object.fromEntries(quoted) as object },
      },
    },
  };
}

/** To be called when all routes are there. */
export function acknowledgePreflights(api: RestApi): void {
  for (const method of api.node.findAll()) {
    if (!(method instanceof Method) || method.httpMethod !== 'OPTIONS') continue;
    for (const rule of ['APIG4', 'COG4'])
      acknowledge(
        method,
        rule,
        'A browser asks without a token whether it may ask with one; nothing else is told.',
      );
  }
}
