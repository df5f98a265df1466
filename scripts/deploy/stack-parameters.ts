/** What stacks are told at their deployment: given now, kept from the deployment before, or the template's default. */
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import type { PlannedStack, TemplateParameter } from './assembly.ts';
import type { DeployedStacks } from './stack-state.ts';
import type { GivenParameter } from './options.ts';

/** By stack and name: those that are given now. */
export type Assignments = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Looks at everything that is given, and at what is asked for and is not, before anything is deployed.
 * @throws OneLineFailure
 */
export function assignParameters(
  given: readonly GivenParameter[],
  stacks: readonly PlannedStack[],
  deployed: DeployedStacks,
): Assignments {
  const assigned = new Map<string, Map<string, string>>();
  for (const parameter of given) {
    const { name: stack, template } = ownerOf(parameter, stacks);
    refuseMisfit(parameter, template.Parameters![parameter.name]!);
    const own = assigned.get(stack) ?? new Map<string, string>();
    assigned.set(stack, own.set(parameter.name, parameter.value));
  }
  for (const { name: stack, template } of stacks) {
    for (const [name, { Default, Description = '' }] of Object.entries(template.Parameters ?? {})) {
      const isKnown = [assigned.get(stack), deployed.get(stack)?.parameters].some((values) =>
        values?.has(name),
      );
      if (Default === undefined && !isKnown)
        throw new OneLineFailure(
          `${stack} asks for ${name} (${Description}): expected --parameters ${stack}:${name}=…`,
        );
    }
  }
  return assigned;
}

function ownerOf({ stack, name }: GivenParameter, stacks: readonly PlannedStack[]): PlannedStack {
  const asking = stacks.filter(({ template }) => isAsked(template.Parameters?.[name]));
  const owner = stack === null ? asking[0] : asking.find((one) => one.name === stack);
  if (owner !== undefined) return owner;
  const names = stacks.flatMap((one) =>
    Object.entries(one.template.Parameters ?? {}).flatMap(([asked, parameter]) =>
      isAsked(parameter) ? [`${one.name}:${asked}`] : [],
    ),
  );
  throw new OneLineFailure(
    `--parameters ${stack === null ? '' : `${stack}:`}${name}=…: expected one of ${names.join(', ')}`,
  );
}

/** Names that stacks look up of one another, and the version of CDK's own stack, are nobody's to give. */
function isAsked(parameter: TemplateParameter | undefined): boolean {
  return parameter?.Type === 'String';
}

/** The value is not repeated: it may be a secret that was given by mistake. */
function refuseMisfit(
  { name, value }: GivenParameter,
  { AllowedPattern, Description = '' }: TemplateParameter,
): void {
  if (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value)) return;
  throw new OneLineFailure(`--parameters ${name}=…: expected ${AllowedPattern} (${Description})`);
}
