import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Policy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** What a role may do: explicit actions on explicit resources. */
export interface Permission {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why a resource ends in a wildcard: nothing narrower exists, or all that is behind it is meant. */
  readonly wildcardReason?: string;
}

/** Adds a permission to a policy and, where it has a wildcard, the reason for it. */
export function permit(policy: Policy, { actions, resources, conditions, wildcardReason }: Permission): void {
  policy.addStatements(
    new PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
  );
  if (wildcardReason === undefined) return;
  for (const resource of resources)
    acknowledge(policy, `IAM5[Resource::${flatten(policy, resource)}]`, wildcardReason);
}

/**
 * Says why a rule of cdk-nag's AwsSolutions does not hold for a construct and all below it.
 * @param rule such as `S1`; a rule that makes several findings needs the finding in brackets.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** A resource as cdk-nag writes it in a finding: references in angle brackets. */
function flatten(scope: IConstruct, resource: string): string {
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const [[kind, argument]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
    if (kind === 'Ref') return `<${String(argument)}>`;
    if (kind === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
    if (kind === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(text).join(separator);
    }
    return JSON.stringify(value);
  };
  return text(Stack.of(scope).resolve(resource));
}
