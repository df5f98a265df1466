/** The month's bill, line by line: each is a quantity, where it comes from, and what one of it costs. */
import { FREE } from './free-types.ts';
import type { LoadProfile, PriceList } from './inputs.ts';
import { archive } from './lines/archive.ts';
import { insights, tasks } from './lines/collector.ts';
import { functions, mappings } from './lines/functions.ts';
import { line, ofTemplate, toCents, type Line } from './lines/line.ts';
import { logs } from './lines/logs.ts';
import { events, queues, sockets, transfer } from './lines/messages.ts';
import { pipes, streams } from './lines/streams.ts';
import { tables } from './lines/tables.ts';
import { monthOf, type Load, type Month } from './month.ts';
import type { Resource } from './template.ts';

export interface Bill {
  readonly region: string;
  readonly pricesAsOf: string;
  readonly pricesFrom: string;
  readonly load: Load;
  readonly totalUsd: number;
  /** The greatest first. */
  readonly lines: readonly Line[];
  /** What depends on where ClickHouse stands, and is not in the total. */
  readonly besides: readonly Line[];
  readonly free: Readonly<Record<string, string>>;
  /** Types in the template of which nothing is known: the total is without them. */
  readonly unknown: readonly string[];
}

export function billOf(
  resources: readonly Resource[],
  load: Load,
  profile: LoadProfile,
  priceList: PriceList,
): Bill {
  const month = monthOf(resources, load, profile, priceList);
  const types = [...new Set(resources.map(({ type }) => type))].sort();
  const lines = types.flatMap((type) => PRICED[type]?.(month) ?? []).filter(({ quantity }) => quantity > 0);
  return {
    region: priceList.region,
    pricesAsOf: priceList.asOf,
    pricesFrom: priceList.source,
    load,
    totalUsd: toCents(lines.reduce((sum, { usd }) => sum + usd, 0)),
    lines: lines.sort((a, b) => b.usd - a.usd),
    besides: transfer(month),
    free: Object.fromEntries(types.flatMap((type) => (FREE[type] === undefined ? [] : [[type, FREE[type]]]))),
    unknown: types.filter((type) => PRICED[type] === undefined && FREE[type] === undefined),
  };
}

type Pricing = (month: Month) => readonly Line[];

/** What costs something, by its type in the template. */
const PRICED: Readonly<Record<string, Pricing>> = {
  'AWS::Kinesis::Stream': streams,
  'AWS::Kinesis::StreamConsumer': pipes,
  'AWS::Lambda::Function': functions,
  'AWS::Lambda::EventSourceMapping': mappings,
  'AWS::DynamoDB::Table': tables,
  'AWS::S3::Bucket': archive,
  'AWS::ECS::Service': tasks,
  'AWS::ECS::Cluster': insights,
  'AWS::Logs::LogGroup': logs,
  'AWS::CloudWatch::Alarm': (month) => [
    ofTemplate(month, 'CloudWatch', 'alarms', 'alarm', 'AWS::CloudWatch::Alarm'),
  ],
  'AWS::CloudWatch::Dashboard': (month) => [
    ofTemplate(month, 'CloudWatch', 'dashboards', 'dashboard', 'AWS::CloudWatch::Dashboard'),
    line(
      month,
      'CloudWatch',
      'metrics of our own',
      'metric',
      month.profile.metrics,
      'profile: names that have figures',
    ),
  ],
  'AWS::Events::EventBus': events,
  'AWS::SQS::Queue': queues,
  'AWS::SNS::Subscription': (month) => [
    line(month, 'SNS', 'alarms by e-mail', 'snsMail', 100, 'assumed: 100'),
  ],
  'AWS::StepFunctions::StateMachine': (month) => [
    line(
      month,
      'Step Functions',
      'transitions',
      'stepTransition',
      month.profile.backtestTransitions,
      'profile',
    ),
  ],
  'AWS::ApiGateway::RestApi': (month) => [
    line(
      month,
      'API Gateway',
      'REST requests',
      'restRequest',
      (month.profile.requestsADay / 86_400) * month.seconds,
      `${month.profile.requestsADay} a day`,
    ),
  ],
  'AWS::ApiGatewayV2::Api': sockets,
  'AWS::KMS::Key': (month) => [ofTemplate(month, 'KMS', 'keys', 'kmsKey', 'AWS::KMS::Key')],
  'AWS::SecretsManager::Secret': (month) => [
    ofTemplate(month, 'Secrets Manager', 'secrets', 'secret', 'AWS::SecretsManager::Secret'),
  ],
};
