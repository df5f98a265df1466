/** The templates of a stage, as the CDK app writes them; without credentials, Docker or the CDK's command line. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BadInput } from '../command-line/bad-input.ts';

const ROOT = join(import.meta.dirname, '../..');
const APP = join(ROOT, 'bin/app.ts');
const SYNTH_TIMEOUT_MS = 180_000;

export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  /** The stack's name without application and stage. */
  readonly part: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

/** @throws BadInput where the CDK app is not there, or does not take the stage. */
export async function synthesise(stage: string): Promise<readonly Resource[]> {
  if (!existsSync(join(ROOT, 'lib/platform.ts')) || !existsSync(join(ROOT, 'node_modules/aws-cdk-lib')))
    throw new BadInput(
      'cost: expected a checkout of the repository with its packages installed: it needs lib/',
    );
  const folder = await mkdtemp(join(tmpdir(), 'millrace-cost-'));
  try {
    await runApp(stage, folder);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.template.json'));
    const stacks = await Promise.all(names.map(async (name) => readStack(folder, name, stage)));
    return stacks.flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runApp(stage: string, folder: string): Promise<void> {
  const { context } = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  // Who hears of alarms costs nothing, and prod is not synthesised without.
  const given = { ...context, stage, alarmEmail: 'nobody@example.com' };
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(given) };
  try {
    await promisify(execFile)(process.execPath, [APP], { cwd: ROOT, env, timeout: SYNTH_TIMEOUT_MS });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0];
    throw new BadInput(`--stage ${stage}: cannot be synthesised: ${said ?? (error as Error).message}`, {
      cause: error,
    });
  }
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}

async function readStack(folder: string, name: string, stage: string): Promise<Resource[]> {
  const { Resources } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Template;
  const part = name.slice(`millrace-${stage}-`.length, -'.template.json'.length);
  return Object.entries(Resources).map(([id, { Type, Properties: properties = {} }]) => {
    return { part, id, type: Type, properties };
  });
}
