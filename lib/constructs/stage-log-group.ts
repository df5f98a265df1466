import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from '../config/stage.ts';

/** A log that ends when the stage says, and outlives its stack where the stage keeps evidence. */
export class StageLogGroup extends LogGroup {
  constructor(
    scope: Construct,
    id: string,
    stage: Stage,
    props: Omit<LogGroupProps, 'retention' | 'removalPolicy'> = {},
  ) {
    super(scope, id, { ...props, retention: stage.logRetention, removalPolicy: evidencePolicy(stage) });
  }
}

/** What becomes of logs when their stack is deleted. */
function evidencePolicy(stage: Stage): RemovalPolicy {
  return stage.keepsEvidence ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
