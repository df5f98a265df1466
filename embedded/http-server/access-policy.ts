/** Reads an authorizer's policy as API Gateway does. */
import type { APIGatewayAuthorizerResult } from 'aws-lambda';

type Policy = APIGatewayAuthorizerResult['policyDocument'];

/** Nothing is allowed but what a statement allows and none denies. */
export function allows({ Statement }: Policy, methodArn: string): boolean {
  const concerned = Statement.filter((statement) =>
    resourcesOf(statement).some((pattern) => matches(pattern, methodArn)),
  );
  return (
    concerned.some(({ Effect }) => Effect === 'Allow') && !concerned.some(({ Effect }) => Effect === 'Deny')
  );
}

function resourcesOf(statement: Policy['Statement'][number]): readonly string[] {
  if (!('Resource' in statement)) return [];
  return [statement.Resource].flat().filter((resource) => typeof resource === 'string');
}

/** `*` stands for any text, that with slashes in it too. */
function matches(pattern: string, methodArn: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === methodArn;
  if (!methodArn.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = methodArn.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return methodArn.endsWith(last) && methodArn.length - last.length >= from;
}
