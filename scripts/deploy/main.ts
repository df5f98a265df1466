/** `npm run deploy -- --stage dev|prod`: a stage on AWS, from the look at the quotas to the API that answers. */
import { setTimeout } from 'node:timers/promises';
import { ROOT } from '../emulator/folders.ts';
import { OneLineFailure, runScript } from '../emulator/one-line-failure.ts';
import { runCommand } from '../emulator/run-command.ts';
import { openCdk } from './cdk.ts';
import { deployStage } from './deploy-stage.ts';
import { commandOf, readOptions } from './options.ts';

const POLL_MS = 5_000;

await runScript(async (signal) => {
  const request = readOptions(process.argv.slice(2));
  const outcome = await deployStage(request, {
    cdk: openCdk(request, (text) => process.stderr.write(text), signal),
    dockerAnswers: async () => answers(process.env['CDK_DOCKER'] ?? 'docker', signal),
    token: process.env['MILLRACE_TOKEN'] ?? null,
    tell: (line) => process.stdout.write(`${line}\n`),
    signal,
    pause: async () => setTimeout(POLL_MS, undefined, { signal }),
  });
  if (outcome.kind === 'done') {
    process.stdout.write(request.check ? 'nothing was changed\n' : `${request.stage} is deployed\n`);
    return;
  }
  const at = outcome.at.join(', ');
  throw new OneLineFailure(
    request.check
      ? `a deployment would stop at ${at}; nothing was changed`
      : `stopped at ${at}: when that is mended, this goes on from there: ${commandOf(request)}`,
  );
});

async function answers(program: string, signal: AbortSignal): Promise<boolean> {
  try {
    await runCommand(program, ['version'], { cwd: ROOT, env: process.env, what: program, signal });
    return true;
  } catch {
    return false;
  }
}
