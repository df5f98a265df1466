import { Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackName } from '../config/stack-name.ts';
import type { Stage } from '../config/stage.ts';
import { PlatformReferences } from '../constructs/platform-references.ts';

export interface MillraceStackProps {
  readonly stage: Stage;
  /** What the stack is of the platform: the last part of its name. */
  readonly part: string;
  readonly description: string;
}

/** A part of the platform at one stage. It knows neither account nor region until it is deployed. */
export class MillraceStack extends Stack {
  readonly stage: Stage;
  readonly platform: PlatformReferences;

  constructor(scope: Construct, { stage, part, description }: MillraceStackProps) {
    super(scope, stackName(stage.name, part), { description, terminationProtection: stage.keepsData });
    this.stage = stage;
    this.platform = new PlatformReferences(this, stage);
    Tags.of(this).add('application', 'millrace');
    Tags.of(this).add('stage', stage.name);
  }
}
