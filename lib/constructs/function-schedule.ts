import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { MillraceFunction } from './millrace-function.ts';

export interface FunctionScheduleProps {
  readonly everyMinutes: number;
  readonly function: MillraceFunction;
}

/** Calls a function at a steady rate. A call that fails is not kept: the next one does the same work. */
export class FunctionSchedule extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const period = Duration.minutes(props.everyMinutes);
    this.rule = new Rule(this, 'Rule', {
      description: `${props.function.name} every ${props.everyMinutes} min`,
      schedule: Schedule.rate(period),
      targets: [
        new LambdaFunction(props.function.function, {
          deadLetterQueue: props.function.failedEvents,
          retryAttempts: 0,
          maxEventAge: period,
        }),
      ],
    });
  }
}
