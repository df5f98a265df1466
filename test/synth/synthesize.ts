/** The templates of a stage, as `cdk synth` writes them: with the context of cdk.json, without credentials or Docker. */
import { App } from 'aws-cdk-lib';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStage } from '../../lib/config/stages.ts';
import { addPlatform } from '../../lib/platform.ts';

const ROOT = join(import.meta.dirname, '../..');

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Resource {
  /** `<stack>/<logical id>`. */
  readonly path: string;
  /** The stack's name without application and stage. */
  readonly part: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, any>>;
}

export interface Synthesized {
  readonly app: App;
  readonly resources: readonly Resource[];
  /** By part. */
  readonly templates: ReadonlyMap<string, Readonly<Record<string, any>>>;
}

/** @param context what `-c` would say. */
export function synthesize(context: Readonly<Record<string, string>>): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'millrace-synth-'));
  try {
    const { context: flags } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
    const app = new App({ outdir, context: { ...flags, ...context } });
    const stage = readStage(app.node);
    addPlatform(app, stage);
    const prefix = `millrace-${stage.name}-`;
    const templates = new Map(
      app.synth().stacks.map(({ stackName, template }) => [stackName.slice(prefix.length), template as Record<string, any>]),
    );
    return { app, templates, resources: [...templates].flatMap(([part, template]) => resourcesOf(part, template)) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function resourcesOf(part: string, template: Readonly<Record<string, any>>): Resource[] {
  const resources = template['Resources'] as Record<string, { Type: string; Properties?: Record<string, any> }>;
  return Object.entries(resources).map(([id, { Type, Properties = {} }]) => ({
    path: `${part}/${id}`,
    part,
    type: Type,
    properties: Properties,
  }));
}
