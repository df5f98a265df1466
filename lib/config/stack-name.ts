import type { StageName } from './stage.ts';

/** What the names of a stage's stacks begin with. */
export function stackPrefix(stage: StageName): string {
  return `millrace-${stage}-`;
}

/** @param part what the stack is of the platform: `stateful`, `market-data`. */
export function stackName(stage: StageName, part: string): string {
  return `${stackPrefix(stage)}${part}`;
}

/** The part that a stack of the stage is. */
export function partOfStack(stage: StageName, name: string): string {
  return name.slice(stackPrefix(stage).length);
}
