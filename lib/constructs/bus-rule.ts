import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MillraceFunction } from './millrace-function.ts';

export interface BusRuleProps {
  readonly detailType: string;
  readonly function: MillraceFunction;
  /** Where its events wait for it. Default: it is called by the bus. */
  readonly queue?: IQueue;
}

const HANDING_OVER = { retryAttempts: 10, maxEventAge: Duration.hours(1) };

/** Of a function that a queue calls: the bus itself never does, so nothing is set for its being called so. */
function failedEventsOf(scope: Construct, { name, platform }: MillraceFunction): IQueue {
  return Queue.fromQueueArn(scope, 'FailedEvents', platform.failedEventsArn(name));
}

/** One kind of event, one function; what cannot be handed over goes where its failed events go. */
export class BusRule extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: BusRuleProps) {
    super(scope, id);
    const { detailType, function: target, queue } = props;
    this.rule = new Rule(this, 'Rule', {
      description: `${detailType} to ${target.name}`,
      eventBus: EventBus.fromEventBusArn(this, 'Bus', target.platform.eventBusArn),
      eventPattern: { detailType: [detailType] },
      targets: [
        queue === undefined
          ? new LambdaFunction(target.function, { deadLetterQueue: target.failedEvents, ...HANDING_OVER })
          : new SqsQueue(queue, { deadLetterQueue: failedEventsOf(this, target), ...HANDING_OVER }),
      ],
    });
  }
}
