/** The CDK app: `npm run deploy` has it synthesised, `cdk synth -q -c stage=dev` too. */
import { App } from 'aws-cdk-lib';
import { NoAlarmReceiver } from '../lib/config/alarm-receivers.ts';
import { ContextRefused } from '../lib/config/stage-context.ts';
import { readStage } from '../lib/config/stages.ts';
import { addPlatform } from '../lib/platform.ts';

const app = new App();
try {
  addPlatform(app, readStage(app.node));
} catch (error) {
  if (!(error instanceof ContextRefused || error instanceof NoAlarmReceiver)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
