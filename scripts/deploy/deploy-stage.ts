import { openAccount, type Account } from './account.ts';
import type { Assembly } from './assembly.ts';
import type { Cdk } from './cdk.ts';
import type { DeployRequest } from './options.ts';
import { checkSequence, runSequence, tellStep, type Outcome, type Telling } from './sequence.ts';
import { stepsOf } from './steps.ts';

export interface DeploySurroundings extends Telling {
  readonly cdk: Cdk;
  dockerAnswers(): Promise<boolean>;
  /** For the API; null: there is none. */
  readonly token: string | null;
  /** Between two looks at what is changing. */
  pause(): Promise<void>;
}

/** The whole sequence, or a look at the whole of it: what must hold first, then one step after the other. */
export async function deployStage(
  request: DeployRequest,
  surroundings: DeploySurroundings,
): Promise<Outcome> {
  const { cdk } = surroundings;
  const { stage, check, context } = request;
  let assembly: Assembly | null = null;
  const synthesized = async (): Promise<string> => {
    assembly = await cdk.synthesize(context['release'] ?? null);
    return `${assembly.stacks.length} stacks of ${stage} in ${assembly.folder}`;
  };
  let account: Account | null = null;
  const opened = async (): Promise<string> => {
    account = await openAccount(stage);
    return `${account.id} in ${account.region}`;
  };
  await tellStep('synth', synthesized, surroundings);
  if (assembly === null) return { kind: 'stopped', at: ['synth'] };
  await tellStep('account', opened, surroundings);
  if (account === null) return { kind: 'stopped', at: ['account'] };
  const steps = stepsOf({ ...surroundings, request, assembly, account });
  return (check ? checkSequence : runSequence)(steps, surroundings);
}
