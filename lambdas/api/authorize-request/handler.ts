import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { Role } from '../../../shared/contracts/roles.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction, ThrownAnswer } from '../../../shared/runtime/define-function.ts';
import { guardedRoutesOf } from '../../../shared/runtime/route-access.ts';
import type { RouteDefinition } from '../../../shared/topology-schema.ts';
import { createTokenVerifier } from './verify-token.ts';

/** API Gateway answers 401 to this message and to no other. */
const UNAUTHORIZED = 'Unauthorized';

/**
 * Verifies the token of a REST request. The answer may be cached by token, so it allows all that the token's role may
 * use, and nothing else, whichever route was asked for.
 */
export function createHandler({ tokens }: Pick<Ports, 'tokens'>, nowMs: () => number = Date.now) {
  const verify = createTokenVerifier(tokens, nowMs);
  return defineFunction('authorize-request', async (event: APIGatewayTokenAuthorizerEvent, invocation) => {
    const verdict = await verify(event.authorizationToken);
    if (verdict.kind === 'refused') {
      invocation.count('tokensRefused');
      throw new ThrownAnswer(UNAUTHORIZED, { cause: verdict.reason });
    }
    const { subject, role } = verdict;
    return role === null ? deny(subject, event.methodArn) : allow(subject, role, event.methodArn);
  });
}

function allow(subject: string, role: Role, methodArn: string): APIGatewayAuthorizerResult {
  const resources = guardedRoutesOf(role).map((route) => arnOfRoute(methodArn, route));
  return { principalId: subject, policyDocument: policyOf('Allow', resources), context: { subject, role } };
}

/** The caller is who he says he is, and may do nothing: 403 and not 401. */
function deny(subject: string, methodArn: string): APIGatewayAuthorizerResult {
  const everything = `${stageOf(methodArn)}/*`;
  return { principalId: subject, policyDocument: policyOf('Deny', [everything]), context: { subject } };
}

function policyOf(
  Effect: 'Allow' | 'Deny',
  Resource: string[],
): APIGatewayAuthorizerResult['policyDocument'] {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] };
}

/** `GET /v1/prices/{pair}` → `arn:aws:execute-api:region:account:api/stage/GET/v1/prices/*`. */
function arnOfRoute(methodArn: string, { method, path }: RouteDefinition): string {
  return `${stageOf(methodArn)}/${method}${path.replaceAll(/\{\w+\}/g, '*')}`;
}

/** `arn:aws:execute-api:region:account:api/stage/GET/v1/…` → `…:api/stage`. */
function stageOf(methodArn: string): string {
  const [api = '', stage = ''] = methodArn.split('/');
  return `${api}/${stage}`;
}
