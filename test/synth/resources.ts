/** Questions that tests ask of a stage's resources. */
import type { Properties, Resource, Value } from './synthesize.ts';

export function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The value at the end of a path of keys; `undefined` where it breaks off. */
export function at(value: Value | Properties | undefined, ...keys: readonly string[]): Value | undefined {
  return keys.reduce<Value | Properties | undefined>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined;
    return (inner as Properties)[key];
  }, value);
}

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
export function targetOf(value: Value | undefined): string | undefined {
  const [attribute] = (at(value, 'Fn::GetAtt') as readonly string[] | undefined) ?? [];
  return attribute ?? (at(value, 'Ref') as string | undefined);
}

/** The lists of an IAM statement, which may each be a single value. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

export interface Statement {
  readonly path: string;
  readonly actions: readonly string[];
  readonly resources: readonly Value[];
}

/** What roles are allowed, from their policies; the policies of queues, topics and buckets deny what has no TLS. */
export function roleStatements(resources: readonly Resource[]): Statement[] {
  return ofType(resources, 'AWS::IAM::Policy').flatMap(({ path, properties }) =>
    listOf(at(properties, 'PolicyDocument', 'Statement')).map((statement) => ({
      path,
      actions: listOf(at(statement, 'Action')) as readonly string[],
      resources: listOf(at(statement, 'Resource')),
    })),
  );
}

/** Text in which tokens stand as `<…>`. */
export function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  const [separator, parts] = (at(value, 'Fn::Join') as readonly [string, readonly Value[]] | undefined) ?? [];
  if (separator !== undefined && parts !== undefined) return parts.map(textOf).join(separator);
  const target = targetOf(value);
  return target === undefined ? JSON.stringify(value) : `<${target}>`;
}
