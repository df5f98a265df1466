/** What CloudFormation says of the stacks that there are, and what of that stands in the way of a deployment. */
import type { Template } from './assembly.ts';

export interface DeployedStack {
  readonly status: string;
  /** Nobody can delete it, CDK included, before that is taken off. */
  readonly isProtected: boolean;
  /** As it was told the last time; none where it could not be made. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly template: Template;
}
/** By name. */
export type DeployedStacks = ReadonlyMap<string, DeployedStack>;

/** CDK deletes what is left of such a stack, and makes it anew. */
export function couldNotBeMade(status: string): boolean {
  return status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED';
}

/** A line for each stack that is changing at this moment: by somebody else, or since a deployment that was interrupted. */
export function changing(stacks: DeployedStacks): string[] {
  return [...stacks]
    .filter(([, { status }]) => status.endsWith('_IN_PROGRESS'))
    .map(([name, { status }]) => `${name} is ${status}`);
}

/** A line for each stack that no deployment can change before somebody has done what it says. */
export function stuck(stacks: DeployedStacks): string[] {
  return [...stacks].flatMap(([name, stack]) => {
    const command = wayOut(stack);
    return command === null
      ? []
      : [`${name} is ${stack.status}: expected aws cloudformation ${command} --stack-name ${name}`];
  });
}

function wayOut({ status, isProtected }: DeployedStack): string | null {
  if (couldNotBeMade(status))
    return isProtected ? 'update-termination-protection --no-enable-termination-protection' : null;
  if (status === 'UPDATE_ROLLBACK_FAILED') return 'continue-update-rollback';
  if (status === 'DELETE_FAILED') return 'delete-stack';
  return null;
}
