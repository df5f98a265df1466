import { spawn } from 'node:child_process';
import { OneLineFailure } from './one-line-failure.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What is being done, for the failure's one line. */
  readonly what: string;
  /** Called with each piece of output. Default: it is kept, and the end of it told when the command fails. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const KEPT_CHARACTERS = 4000;

/** Runs a command to its end. @throws OneLineFailure with the end of its output when it fails or cannot be started. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<void> {
  let kept = '';
  const { cwd, env, what, onOutput, signal } = options;
  const code = await new Promise<number | string>((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    const take = (data: Buffer): void => {
      const text = data.toString();
      kept = (kept + text).slice(-KEPT_CHARACTERS);
      onOutput?.(text);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (exitCode, signalName) => resolve(exitCode ?? signalName ?? 'ended'));
  });
  if (code !== 0)
    throw new OneLineFailure(
      `${what} failed (${command}: ${code})${kept === '' ? '' : `\n${kept.trimEnd()}`}`,
    );
}
