/** The one sequence in which a stage is deployed: each step stands on those before it. */
import { parameterNames, stagePath } from '../../lib/constructs/parameter-names.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import type { Account } from './account.ts';
import type { Assembly } from './assembly.ts';
import type { Cdk } from './cdk.ts';
import { migrateSchema, pendingOf, readLogin, tryLogin } from './clickhouse.ts';
import { askHealth } from './health.ts';
import type { DeployRequest } from './options.ts';
import { compareQuotas, demandOf } from './quotas.ts';
import { releaseName } from './release.ts';
import type { Step } from './sequence.ts';
import { assignParameters, type Assignments } from './stack-parameters.ts';
import { changing, stuck } from './stack-state.ts';

export interface Surroundings {
  readonly request: DeployRequest;
  readonly cdk: Cdk;
  readonly assembly: Assembly;
  readonly account: Account;
  /** Whether images can be built here. */
  dockerAnswers(): Promise<boolean>;
  /** For the API; null: there is none. */
  readonly token: string | null;
  /** Between two looks at what is changing. */
  pause(): Promise<void>;
}

/** Where the parts stand that the order names; all others come between them, as their dependencies say. */
const FIRST_PART = 'stateful';
const RELEASED_PART = 'api';
const LAST_PART = 'collector';
const BOOTSTRAP_VERSION_MIN = 6;
/** A gradual release takes the longest of what CloudFormation does here. */
const CHANGE_PATIENCE_MS = 3_600_000;
const HEALTH_PATIENCE_MS = 30_000;
const AFTER_STATEFUL = `looked at once the ${FIRST_PART} stack is up`;
const NONE: ReadonlyMap<string, string> = new Map();

/** What steps leave to those behind them. */
interface Findings {
  /** With the release in it, once that is known. */
  assembly: Assembly;
  assignments: Assignments;
}
type Ground = Surroundings & { readonly found: Findings };

export function stepsOf(surroundings: Surroundings): readonly Step[] {
  const ground = { ...surroundings, found: { assembly: surroundings.assembly, assignments: new Map() } };
  const parts = surroundings.assembly.stacks.map(({ part }) => part);
  const between = parts.filter((part) => part !== FIRST_PART && part !== LAST_PART);
  return [
    ...groundSteps(ground),
    stackStep(ground, FIRST_PART),
    ...clickHouseSteps(ground),
    ...between.flatMap((part) => [
      ...(part === RELEASED_PART ? [releaseStep(ground)] : []),
      stackStep(ground, part),
    ]),
    ...parts.filter((part) => part === LAST_PART).map((part) => stackStep(ground, part)),
    healthStep(ground),
  ];
}

/** What must hold before anything is changed. */
function groundSteps(ground: Ground): Step[] {
  const { request, account, assembly, found } = ground;
  return [
    { name: 'bootstrap', look: async () => bootstrapLine(account) },
    stacksStep(ground),
    {
      name: 'docker',
      look: async () => {
        if (!assembly.needsDocker) return 'no stack needs it';
        if (await ground.dockerAnswers()) return 'answers';
        throw new OneLineFailure(
          'does not answer: expected it for the collector’s image; start it, or name another program in CDK_DOCKER',
        );
      },
    },
    {
      name: 'parameters',
      look: async () => {
        const deployed = await account.deployedStacks();
        found.assignments = assignParameters(request.parameters, assembly.stacks, deployed);
        return `${request.parameters.length} given, and the stacks ask for no other`;
      },
    },
    { name: 'quotas', look: async () => quotasLine(ground) },
  ];
}

/** What an interrupted deployment has begun goes on in CloudFormation, and a stack takes one change at a time. */
function stacksStep(ground: Ground): Step {
  const { account } = ground;
  const look = async (): Promise<string> => {
    const stacks = await account.deployedStacks();
    const inTheWay = [...changing(stacks), ...stuck(stacks)];
    if (inTheWay.length > 0) throw new OneLineFailure(inTheWay.join('; '));
    return stacks.size === 0 ? 'none is up yet' : `${stacks.size} are up, and none is changing`;
  };
  return {
    name: 'stacks',
    look,
    act: async () => {
      const untilMs = performance.now() + CHANGE_PATIENCE_MS;
      while (changing(await account.deployedStacks()).length > 0 && performance.now() < untilMs)
        await ground.pause();
      return look();
    },
  };
}

async function bootstrapLine(account: Account): Promise<string> {
  const where = `account ${account.id} in ${account.region}`;
  const version = await account.bootstrapVersion();
  if (version !== null && version >= BOOTSTRAP_VERSION_MIN) return `${where} is prepared for CDK`;
  throw new OneLineFailure(
    `${where} is ${version === null ? 'not prepared for CDK' : `prepared by a CDK too old (version ${version})`}: ` +
      `expected npx cdk bootstrap aws://${account.id}/${account.region} to have been run once`,
  );
}

async function quotasLine({ account, assembly: { stacks } }: Ground): Promise<string> {
  const deployed = await account.deployedStacks();
  const held = stacks.flatMap(({ name }) => deployed.get(name)?.template ?? []);
  const asked = demandOf(stacks.map(({ template }) => template));
  const findings = compareQuotas(asked, demandOf(held), await account.quotas());
  const lacking = findings.filter(({ fits }) => !fits);
  if (lacking.length > 0) throw new OneLineFailure(lacking.map(({ line }) => line).join('; '));
  return findings.map(({ line }) => line).join('; ');
}

function stackStep({ account, cdk, assembly, found }: Ground, part: string): Step {
  const { name } = assembly.stacks.find((stack) => stack.part === part)!;
  return {
    name: part,
    look: async () => {
      const status = (await account.deployedStacks()).get(name)?.status;
      return status === undefined ? `${name} would be made` : `${name} is ${status}, would be updated`;
    },
    act: async () => {
      await cdk.deploy(found.assembly, name, found.assignments.get(name) ?? NONE);
      return `${name} is up`;
    },
  };
}

function clickHouseSteps({ request, account }: Ground): Step[] {
  const demandLogin = async () => {
    const login = await readLogin(account);
    if (login !== null) return login;
    throw new OneLineFailure(
      `the ${FIRST_PART} stack has not said where ClickHouse is: expected its parameters in SSM`,
    );
  };
  return [
    {
      name: 'secret',
      look: async () => {
        const login = await readLogin(account);
        if (login === null) return AFTER_STATEFUL;
        await tryLogin(login);
        return `ClickHouse at ${login.url} lets ${login.user} in`;
      },
      act: async () => {
        const login = await demandLogin();
        await tryLogin(login);
        return `ClickHouse at ${login.url} lets ${login.user} in`;
      },
    },
    {
      name: 'migrate',
      look: async () => {
        const login = await readLogin(account);
        if (login === null) return AFTER_STATEFUL;
        const pending = await pendingOf(login, request.stage);
        return pending.length === 0 ? 'nothing to do' : `would make ${pending.join(', ')}`;
      },
      act: async () => {
        const made = await migrateSchema(await demandLogin(), request.stage);
        return made.length === 0 ? 'nothing to do' : `made ${made.join(', ')}`;
      },
    },
  ];
}

/** Right before the stack, when all that it looks up has been published. */
function releaseStep({ request, cdk, account, assembly, found }: Ground): Step {
  const given = request.context['release'];
  const computed = async (): Promise<string> => {
    const stack = assembly.stacks.find(({ part }) => part === RELEASED_PART)!;
    const published = [...(await account.published())].map(
      ([name, value]) => [stagePath({ name: request.stage }, name), value] as const,
    );
    return releaseName(stack, {
      context: request.context,
      given: found.assignments.get(stack.name) ?? NONE,
      kept: (await account.deployedStacks()).get(stack.name)?.parameters ?? NONE,
      published: new Map(published),
    });
  };
  return {
    name: 'release',
    look: async () => (given === undefined ? `would be ${await computed()}` : `would be ${given}, as given`),
    act: async () => {
      if (given !== undefined) return `${given}, as given`;
      const release = await computed();
      found.assembly = await cdk.synthesize(release);
      return `${release}, after what the ${RELEASED_PART} stack is told`;
    },
  };
}

function healthStep(ground: Ground): Step {
  const { token, account } = ground;
  const ask = async (patienceMs: number): Promise<string | null> => {
    const restUrl = (await account.published()).get(parameterNames.restUrl);
    return restUrl === undefined
      ? null
      : askHealth({ restUrl, token, patienceMs, pause: async () => ground.pause() });
  };
  return {
    name: 'health',
    look: async () => (await ask(0)) ?? `asked once the ${RELEASED_PART} stack is up`,
    act: async () => {
      const line = await ask(HEALTH_PATIENCE_MS);
      if (line !== null) return line;
      throw new OneLineFailure(
        `the ${RELEASED_PART} stack has not said where it is: expected its address in SSM`,
      );
    },
  };
}
