/** The templates of a stage, as `cdk synth` writes them: with the context of cdk.json, without credentials or Docker. */
import { App } from 'aws-cdk-lib';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partOfStack } from '../../lib/config/stack-name.ts';
import { readStage } from '../../lib/config/stages.ts';
import { addPlatform } from '../../lib/platform.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Prod asks for one. */
const ALARM_RECEIVER = { alarmEmail: 'on-call@example.com' };

/** A template's value, tokens and all. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

export interface Resource {
  /** `<part>/<logical id>`. */
  readonly path: string;
  /** The stack's name without application and stage. */
  readonly part: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, Properties>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: Value }>>;
}

export interface Synthesized {
  readonly resources: readonly Resource[];
  /** By part. */
  readonly templates: ReadonlyMap<string, Template>;
  /** By part: those that are deployed before it. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param context what `-c` would say.
 * @param plant adds to the app before it is synthesised.
 * @param receiver who hears of alarms unless the context says so.
 * @throws Error when a rule of cdk-nag finds what nobody has acknowledged.
 */
export function synthesize(
  context: Readonly<Record<string, string>>,
  plant: (app: App) => void = () => {},
  receiver: Readonly<Record<string, string>> = ALARM_RECEIVER,
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'millrace-synth-'));
  try {
    const { context: flags } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
      context: object;
    };
    const app = new App({ outdir, context: { ...flags, ...receiver, ...context } });
    const stage = readStage(app.node);
    addPlatform(app, stage);
    plant(app);
    const partOf = (stackName: string): string => partOfStack(stage.name, stackName);
    const stacks = app.synth().stacks;
    const templates = new Map(
      stacks.map(({ stackName, template }) => [partOf(stackName), template as Template]),
    );
    const dependencies = new Map(
      stacks.map((stack) => [
        partOf(stack.stackName),
        stack.dependencies.filter(({ id }) => !id.endsWith('.assets')).map(({ id }) => partOf(id)),
      ]),
    );
    return {
      templates,
      dependencies,
      resources: [...templates].flatMap(([part, template]) => resourcesOf(part, template)),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function resourcesOf(part: string, { Resources }: Template): Resource[] {
  return Object.entries(Resources).map(([id, { Type, Properties = {} }]) => {
    return { path: `${part}/${id}`, part, id, type: Type, properties: Properties };
  });
}
