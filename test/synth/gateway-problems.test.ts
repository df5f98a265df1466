/** What API Gateway answers by itself, before a function of ours is called. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '../../shared/contracts/problem.ts';
import { at, ofType, textOf } from './resources.ts';
import { synthesize, type Properties } from './synthesize.ts';

let responses: ReadonlyMap<string, Properties>;
beforeAll(() => {
  const { resources } = synthesize({ stage: 'prod' });
  responses = new Map(
    ofType(resources, 'AWS::ApiGateway::GatewayResponse').map(({ properties }) => [
      textOf(properties['ResponseType']),
      properties,
    ]),
  );
}, 60_000);

function headersOf(type: string): object {
  const parameters = at(responses.get(type), 'ResponseParameters') as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replace('gatewayresponse.header.', '').toLowerCase(),
      value.slice(1, -1),
    ]),
  );
}

describe('the gateway’s own answers', () => {
  it.each([
    ['UNAUTHORIZED', 401],
    ['ACCESS_DENIED', 403],
    ['MISSING_AUTHENTICATION_TOKEN', 404],
    ['REQUEST_TOO_LARGE', 413],
    ['THROTTLED', 429],
    ['AUTHORIZER_FAILURE', 500],
    ['INTEGRATION_FAILURE', 504],
    ['INTEGRATION_TIMEOUT', 504],
  ])('to %s are problems of the contract, with status %i', (type, status) => {
    const properties = responses.get(type);
    expect(Number(properties?.['StatusCode'])).toBe(status);
    const text = textOf(at(properties, 'ResponseTemplates', 'application/json'));
    expect(problem.parse(JSON.parse(text))).toMatchObject({
      status,
      instance: 'urn:uuid:$context.requestId',
    });
  });

  it('are kept by nothing on their way, and are what they say they are', () => {
    expect(responses.size).toBeGreaterThan(0);
    for (const type of responses.keys()) {
      expect({ type, ...headersOf(type) }).toMatchObject({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('say what is asked for where a token is missing, and when to come again where there were too many', () => {
    expect(headersOf('UNAUTHORIZED')).toMatchObject({ 'www-authenticate': 'Bearer realm="millrace"' });
    expect(headersOf('THROTTLED')).toMatchObject({ 'retry-after': '1' });
  });
});
