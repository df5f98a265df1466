import { join, resolve } from 'node:path';
import { ROOT } from '../emulator/folders.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';
import { reasonOfFailure } from '../emulator/reason-of-failure.ts';
import { runCommand } from '../emulator/run-command.ts';
import { readAssembly, type Assembly } from './assembly.ts';
import type { DeployRequest } from './options.ts';

/** What the sequence has CDK do. */
export interface Cdk {
  /** @param release a name for the release; null: none yet. @throws OneLineFailure with what the app says. */
  synthesize(release: string | null): Promise<Assembly>;
  deploy(assembly: Assembly, stack: string, parameters: ReadonlyMap<string, string>): Promise<void>;
}

const CLI = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

export function openCdk(
  request: Pick<DeployRequest, 'stage' | 'context' | 'outputFolder'>,
  onOutput: (text: string) => void,
  signal: AbortSignal,
): Cdk {
  const { stage, context } = request;
  const outputFolder = resolve(request.outputFolder);
  const environment = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', NO_COLOR: '1' };
  const common = { cwd: ROOT, env: environment, signal };
  return {
    synthesize: async (release) => {
      const settings = { ...context, ...(release === null ? {} : { release }), stage };
      const args = ['synth', '--quiet', '--output', outputFolder];
      const said = Object.entries(settings).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
      await synthesizing(async () =>
        runCommand(process.execPath, [CLI, ...args, ...said], { ...common, what: 'cdk synth' }),
      );
      return readAssembly(outputFolder, stage);
    },
    deploy: async ({ folder }, stack, parameters) => {
      const args = ['deploy', stack, '--exclusively', '--app', folder, '--require-approval', 'never'];
      const told = [...parameters].flatMap(([name, value]) => ['--parameters', `${stack}:${name}=${value}`]);
      await inOneLine(async () =>
        runCommand(process.execPath, [CLI, ...args, '--progress', 'events', ...told], {
          ...common,
          what: `cdk deploy ${stack}`,
          onOutput,
        }),
      );
    },
  };
}

/** All that CDK has said has been put out already. */
async function inOneLine(deploy: () => Promise<void>): Promise<void> {
  try {
    await deploy();
  } catch (error) {
    throw new OneLineFailure(reasonOfFailure((error as Error).message), { cause: error });
  }
}

/** What the app refuses it says in one line and code 2, around which CDK says that it has ended. */
async function synthesizing(synth: () => Promise<void>): Promise<void> {
  try {
    await synth();
  } catch (error) {
    const [, refusal] = /\n(.+)\n.*Subprocess exited with error 2\b/.exec((error as Error).message) ?? [];
    throw refusal === undefined ? error : new OneLineFailure(refusal, { cause: error });
  }
}
