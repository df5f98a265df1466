import { Duration, Fn } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  Metric,
  TextWidget,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS } from '../../shared/contracts/metrics.ts';
import { symbolsByExchange } from '../../shared/contracts/exchange.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import { addOwnAlarms } from '../constructs/own-alarms.ts';
import { lookUp, parameterNames } from '../constructs/parameter-names.ts';
import { describeAlarm } from '../constructs/runbook-alarm.ts';
import { functionsOf, type FunctionPart } from './function-placement.ts';
import { MillraceStack } from './millrace-stack.ts';

const PERIOD = Duration.minutes(1);
const FULL_WIDTH = 24;

/** One page that shows the way of the data, stage by stage, and the alarms of what any function may count. The others live beside what they watch. */
export class ObservabilityStack extends MillraceStack {
  /** @param parts the stacks that are deployed beside it. */
  constructor(scope: Construct, stage: Stage, parts: readonly FunctionPart[]) {
    super(scope, { stage, part: 'observability', description: 'Millrace: dashboard' });
    addOwnAlarms(this, 'platform');
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          new TextWidget({
            markdown: `# Millrace ${stage.name}\nAlarms name their runbook in docs/runbooks.`,
            width: FULL_WIDTH,
            height: 2,
          }),
        ],
        this.#ownWidgets(),
        this.#streamWidgets(),
        this.#queueWidgets(),
        ...parts.map((part) => this.#functionWidgets(part)),
      ],
    });
  }

  /** What the platform counts of itself: all of a venue, and what else has an alarm, with the line that it must not cross. */
  #ownWidgets(): IWidget[] {
    const { name: stage, collector } = this.stage;
    const venues = collector === null ? [] : [...symbolsByExchange(collector.symbols).keys()];
    return Object.entries(METRICS).flatMap(([name, { per, kind, unit, alarm }]) => {
      if (per === 'function' || (per === 'platform' && alarm === null)) return [];
      if (per === 'venue' && venues.length === 0) return [];
      const statistic = alarm?.statistic ?? (kind === 'count' ? 'Sum' : 'Maximum');
      const lines =
        per === 'venue'
          ? venues.map((venue) => this.#metric(METRIC_NAMESPACE, name, { stage, venue }, statistic, venue))
          : [this.#metric(METRIC_NAMESPACE, name, { stage }, statistic, name)];
      return [
        new GraphWidget({
          title: unit === 'Count' ? name : `${name} (${unit.toLowerCase()}, ${statistic})`,
          left: lines,
          leftAnnotations:
            alarm === null
              ? []
              : [{ value: alarm.threshold, label: describeAlarm(alarm.what, { venue: 'a venue' }) }],
          width: 8,
          height: 6,
        }),
      ];
    });
  }

  #streamWidgets(): IWidget[] {
    const stream = (metricName: string): IMetric[] =>
      Object.keys(topology.streams).map((name) =>
        this.#metric('AWS/Kinesis', metricName, { StreamName: this.platform.streamName(name) }, 'Sum', name),
      );
    const lag = topology.streamConsumers.map(({ function: name }) =>
      this.#functionMetric(name, 'IteratorAge', 'Maximum'),
    );
    return [
      graph('Bytes in', stream('IncomingBytes')),
      graph('Writes refused', stream('WriteProvisionedThroughputExceeded')),
      graph('Lag of stream consumers (ms)', lag),
    ];
  }

  #queueWidgets(): IWidget[] {
    const queue = (metricName: string, arn: (name: string) => string): IMetric[] =>
      Object.keys(topology.queues).map((name) =>
        this.#metric(
          'AWS/SQS',
          metricName,
          { QueueName: Fn.select(5, Fn.split(':', arn(name))) },
          'Maximum',
          name,
        ),
      );
    const { platform } = this;
    return [
      graph(
        'Oldest order message (s)',
        queue('ApproximateAgeOfOldestMessage', (name) => platform.queueArn(name)),
      ),
      graph(
        'Orders waiting',
        queue('ApproximateNumberOfMessagesVisible', (name) => platform.queueArn(name)),
      ),
      graph(
        'Dead letters',
        queue('ApproximateNumberOfMessagesVisible', (name) => platform.deadLetterQueueArn(name)),
      ),
    ];
  }

  #functionWidgets(part: FunctionPart): IWidget[] {
    const names = functionsOf(part);
    const of = (metricName: string, statistic: string): IMetric[] =>
      names.map((name) => this.#functionMetric(name, metricName, statistic));
    return [
      graph(`${part}: invocations`, of('Invocations', 'Sum')),
      graph(`${part}: errors and throttles`, [...of('Errors', 'Sum'), ...of('Throttles', 'Sum')]),
      graph(`${part}: duration p99 (ms)`, of('Duration', 'p99')),
    ];
  }

  #functionMetric(name: FunctionName, metricName: string, statistic: string): IMetric {
    const physicalName = lookUp(this, this.stage, parameterNames.function(name));
    return this.#metric('AWS/Lambda', metricName, { FunctionName: physicalName }, statistic, name);
  }

  #metric(
    namespace: string,
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic: string,
    label: string,
  ): IMetric {
    return new Metric({ namespace, metricName, dimensionsMap, statistic, label, period: PERIOD });
  }
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}
