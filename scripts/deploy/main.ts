/** `npm run deploy -- --stage dev|prod`: a stage on AWS, from the look at the quotas to the API that answers. */
import { ROOT } from '../emulator/folders.ts';
import { OneLineFailure, runScript } from '../emulator/one-line-failure.ts';
import { runCommand } from '../emulator/run-command.ts';
import { openCdk } from './cdk.ts';
import { deployStage } from './deploy-stage.ts';
import { readOptions } from './options.ts';

await runScript(async (signal) => {
  const request = readOptions(process.argv.slice(2));
  const outcome = await deployStage(request, {
    cdk: openCdk(request, (text) => process.stderr.write(text), signal),
    dockerAnswers: async () => answers(process.env['CDK_DOCKER'] ?? 'docker', signal),
    token: process.env['MILLRACE_TOKEN'] ?? null,
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  if (outcome.kind === 'done') {
    process.stdout.write(request.check ? 'nothing was changed\n' : `${request.stage} is deployed\n`);
    return;
  }
  const at = outcome.at.join(', ');
  throw new OneLineFailure(
    request.check
      ? `a deployment would stop at ${at}; nothing was changed`
      : `stopped at ${at}: mend that and run the same command again, it goes on from what is there`,
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
