/** The CDK app: `cdk deploy --all`, `cdk synth -q -c stage=prod`. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readStage, UnknownStage } from '../lib/config/stages.ts';
import { addPlatform } from '../lib/platform.ts';

const app = new App();
try {
  const stage = readStage(app.node);
  addPlatform(app, stage);
  // An emulator encrypts, logs and keeps nothing, so there is nothing to hold it to.
  if (!stage.emulated) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof UnknownStage)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
