import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction, ThrownAnswer } from '../../../shared/runtime/define-function.ts';
import { createTokenVerifier } from './verify-token.ts';

/** API Gateway answers 401 to this message and to no other. */
const UNAUTHORIZED = 'Unauthorized';

/** Verifies the token of a REST request. The answer is cached by token, so it must allow the whole API and not one route. */
export function createHandler({ tokens }: Pick<Ports, 'tokens'>, nowMs: () => number = Date.now) {
  const verify = createTokenVerifier(tokens, nowMs);
  return defineFunction('authorize-request', async (event: APIGatewayTokenAuthorizerEvent, invocation) => {
    const verdict = await verify(event.authorizationToken);
    if (verdict.kind === 'refused') {
      invocation.count('tokensRefused');
      throw new ThrownAnswer(UNAUTHORIZED, { cause: verdict.reason });
    }
    return allow(verdict.subject, event.methodArn);
  });
}

function allow(subject: string, methodArn: string): APIGatewayAuthorizerResult {
  return {
    principalId: subject,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: everyMethodOf(methodArn) }],
    },
    context: { subject },
  };
}

/** `arn:aws:execute-api:region:account:api/stage/GET/v1/…` → `…:api/stage/*`. */
function everyMethodOf(methodArn: string): string {
  const [api = '', stage = ''] = methodArn.split('/');
  return `${api}/${stage}/*`;
}
