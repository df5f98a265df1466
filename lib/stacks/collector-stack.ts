import type { Construct } from 'constructs';
import type { Stage } from '../config/stage.ts';
import { MillraceStack } from './millrace-stack.ts';

export class CollectorStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, collector: NonNullable<Stage['collector']>) {
    super(scope, { stage, part: 'collector', description: 'Millrace: collector' });
  }
}
