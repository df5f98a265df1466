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

/** Who hears of each step, and who may end the sequence. */
export interface Telling {
  tell(line: string): void;
  readonly signal: AbortSignal;
}

/** Looks at every step, also behind one that is not as it must be. */
export async function checkSequence(steps: readonly Step[], telling: Telling): Promise<Outcome> {
  const at: string[] = [];
  for (const step of steps) {
    if ((await tellStep(step.name, async () => step.look(), telling)) === null) at.push(step.name);
    if (telling.signal.aborted) break;
  }
  return at.length === 0 ? { kind: 'done' } : { kind: 'stopped', at };
}

/** Does every step, and none behind the first that fails. */
export async function runSequence(steps: readonly Step[], telling: Telling): Promise<Outcome> {
  for (const step of steps) {
    const act = async () => (step.act === undefined ? step.look() : step.act());
    if ((await tellStep(step.name, act, telling)) === null) return { kind: 'stopped', at: [step.name] };
  }
  return { kind: 'done' };
}

/** @returns null when it was not as it must be, or was ended, which has been told. */
export async function tellStep(
  name: string,
  what: () => Promise<string>,
  telling: Telling,
): Promise<string | null> {
  try {
    telling.signal.throwIfAborted();
    const line = await what();
    telling.tell(`ok      ${name}: ${line}`);
    return line;
  } catch (error) {
    if (telling.signal.aborted) telling.tell(`STOPPED ${name}: interrupted`);
    else if (error instanceof OneLineFailure) telling.tell(`FAILED  ${name}: ${error.message}`);
    else throw error;
    return null;
  }
}
