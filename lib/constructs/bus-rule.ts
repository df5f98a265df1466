import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { MillraceFunction } from './millrace-function.ts';

export interface BusRuleProps {
  readonly detailType: string;
  readonly function: MillraceFunction;
}

/** One kind of event, one function; what cannot be handed over goes where its failed events go. */
export class BusRule extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: BusRuleProps) {
    super(scope, id);
    const { detailType, function: target } = props;
    this.rule = new Rule(this, 'Rule', {
      description: `${detailType} to ${target.name}`,
      eventBus: EventBus.fromEventBusArn(this, 'Bus', target.platform.eventBusArn),
      eventPattern: { detailType: [detailType] },
      targets: [
        new LambdaFunction(target.function, {
          deadLetterQueue: target.failedEvents,
          retryAttempts: 10,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
  }
}
