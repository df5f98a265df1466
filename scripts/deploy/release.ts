import { createHash } from 'node:crypto';
import type { PlannedStack } from './assembly.ts';

export interface ReleaseFacts {
  /** What `-c` says. */
  readonly context: Readonly<Record<string, string>>;
  /** Given now. */
  readonly given: ReadonlyMap<string, string>;
  /** As the stack was deployed the last time, when it was. */
  readonly kept: ReadonlyMap<string, string>;
  /** What the other stacks have published, by the whole name in SSM. */
  readonly published: ReadonlyMap<string, string>;
}

const LENGTH = 12;

/**
 * A name that is the same for the same values and another one for others. What a stack is told at its deployment is not
 * in its template, and a function gets a new version only with another template: this name is what puts it there.
 */
export function releaseName({ template }: PlannedStack, facts: ReleaseFacts): string {
  const values = Object.entries(template.Parameters ?? {}).map(([name, { Type, Default }]) => [
    name,
    Type.startsWith('AWS::SSM::Parameter')
      ? (facts.published.get(Default ?? '') ?? null)
      : (facts.given.get(name) ?? facts.kept.get(name) ?? Default ?? null),
  ]);
  const told = JSON.stringify([sorted(values), sorted(Object.entries(facts.context))]);
  return createHash('sha256').update(told).digest('hex').slice(0, LENGTH);
}

function sorted<Entry extends readonly unknown[]>(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
