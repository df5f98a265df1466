/** A page that is served from elsewhere: what browsers ask before they let it call the API, and what they are told. */
import { Method, type CorsOptions, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Duration } from 'aws-cdk-lib';
import { ALLOWED_ORIGIN } from '../../shared/runtime/cross-origin.ts';
import type { Stage } from '../config/stage.ts';
import { acknowledge } from './permission.ts';

/** How long a browser need not ask again. */
const PREFLIGHT_MAX_AGE = Duration.minutes(10);

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
      allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowHeaders: ['authorization', 'content-type'],
      maxAge: PREFLIGHT_MAX_AGE,
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
