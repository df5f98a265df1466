/** Steps one after the other, each with its one line. What the steps are: steps.ts. */
import { OneLineFailure } from '../emulator/one-line-failure.ts';

export interface Step {
  readonly name: string;
  /**
   * Looks, and changes nothing: what is so, or what would be done.
   * @throws OneLineFailure when the sequence could not go on here.
   */
  look(): Promise<string>;
  /** Does it, again where it was done before. Absent where looking is all there is to do. */
  act?(): Promise<string>;
}

export type Outcome =
  | { readonly kind: 'done' }
  /** The names of the steps that a deployment would stop at. */
  | { readonly kind: 'stopped'; readonly at: readonly string[] };

/** Looks at every step, also behind one that is not as it must be. */
export async function checkSequence(steps: readonly Step[], tell: (line: string) => void): Promise<Outcome> {
  const at: string[] = [];
  for (const step of steps) {
    if ((await tellStep(step.name, async () => step.look(), tell)) === null) at.push(step.name);
  }
  return at.length === 0 ? { kind: 'done' } : { kind: 'stopped', at };
}

/** Does every step, and none behind the first that fails. */
export async function runSequence(steps: readonly Step[], tell: (line: string) => void): Promise<Outcome> {
  for (const step of steps) {
    const act = async () => (step.act === undefined ? step.look() : step.act());
    if ((await tellStep(step.name, act, tell)) === null) return { kind: 'stopped', at: [step.name] };
  }
  return { kind: 'done' };
}

/** @returns null when it was not as it must be, which has been told. */
export async function tellStep(
  name: string,
  what: () => Promise<string>,
  tell: (line: string) => void,
): Promise<string | null> {
  try {
    const line = await what();
    tell(`ok      ${name}: ${line}`);
    return line;
  } catch (error) {
    if (!(error instanceof OneLineFailure)) throw error;
    tell(`FAILED  ${name}: ${error.message}`);
    return null;
  }
}
