import { CloudWatchClient, GetMetricDataCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import type { FunctionHealth, FunctionStatus, VenueSilence, Waiting } from '../../ports/function-health.ts';
import { topology, type FunctionName } from '../../topology.ts';
import { clientOptions } from './client-options.ts';
import { FUNCTIONS_PATH, queueVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

const PERIOD_SECONDS = 60;
const PERIODS = 5;
/** Pages ask again and again, and CloudWatch bills each metric read. */
const CACHE_MS = 60_000;

/** One metric that is asked for. Sums add up over the window; of the others the worst minute counts. */
interface Figure {
  readonly functionName: FunctionName;
  readonly field: 'invocations' | 'errors' | 'durationMsP99' | 'lagMs';
  readonly metric: Metric;
  readonly statistic: 'Sum' | 'Maximum' | 'p99';
  /** Milliseconds a unit of the metric, where it is a time. */
  readonly scale: number;
}

/** The last five minutes of each function, from the metrics that Lambda and SQS keep by themselves. */
export class CloudWatchFunctionHealth implements FunctionHealth {
  readonly #environment: Environment;
  readonly #metrics: CloudWatchClient;
  readonly #parameters: SSMClient;
  readonly #nowMs: () => number;
  #physicalNames: ReadonlyMap<string, string> | null = null;
  #cached: { readonly statuses: readonly FunctionStatus[]; readonly untilMs: number } | null = null;

  constructor(
    environment: Environment,
    metrics = new CloudWatchClient(clientOptions(environment)),
    parameters = new SSMClient(clientOptions(environment)),
    nowMs: () => number = () => Date.now(),
  ) {
    this.#environment = environment;
    this.#metrics = metrics;
    this.#parameters = parameters;
    this.#nowMs = nowMs;
  }

  async read(): Promise<readonly FunctionStatus[]> {
    if (this.#cached !== null && this.#nowMs() < this.#cached.untilMs) return this.#cached.statuses;
    this.#physicalNames ??= await reaching('SSM', this.#readPhysicalNames());
    const statuses = await reaching('CloudWatch', this.#readStatuses(this.#physicalNames));
    this.#cached = { statuses, untilMs: this.#nowMs() + CACHE_MS };
    return statuses;
  }

  async silences(): Promise<readonly VenueSilence[]> {
    return Promise.resolve([]);
  }

  /** It is written down where the collector claims the stage, which this function may not read. */
  async market(): Promise<null> {
    return null;
  }

  /** Lambda's own retries wait, and say so by errors and the age of what they are behind. */
  async waiting(): Promise<readonly Waiting[]> {
    return [];
  }

  /** What is given up lies in dead-letter queues and failure destinations, which their alarms watch. */
  async givenUp(): Promise<null> {
    return null;
  }

  async #readPhysicalNames(): Promise<ReadonlyMap<string, string>> {
    const path = this.#environment.text(FUNCTIONS_PATH);
    const names = new Map<string, string>();
    for await (const { Parameters = [] } of paginateGetParametersByPath(
      { client: this.#parameters },
      { Path: path },
    )) {
      for (const { Name, Value } of Parameters) {
        if (Name !== undefined && Value !== undefined) names.set(Name.slice(path.length + 1), Value);
      }
    }
    return names;
  }

  async #readStatuses(physicalNames: ReadonlyMap<string, string>): Promise<readonly FunctionStatus[]> {
    const names = (Object.keys(topology.functions) as FunctionName[]).filter((name) =>
      physicalNames.has(name),
    );
    const queueName = (queue: string): string =>
      this.#environment.text(queueVariable(queue)).split('/').at(-1)!;
    const figures = names.flatMap((name) => figuresOf(name, physicalNames.get(name)!, queueName));
    const values = await this.#readMetrics(figures);
    return names.map((name) => {
      const worst = (field: Figure['field']): number | null => {
        const found = figures.flatMap((figure, i) =>
          figure.functionName === name && figure.field === field ? (values[i] ?? []) : [],
        );
        return found.length === 0 ? null : Math.max(...found);
      };
      return {
        name,
        invocations: worst('invocations') ?? 0,
        errors: worst('errors') ?? 0,
        durationMsP99: worst('durationMsP99'),
        lagMs: worst('lagMs'),
      };
    });
  }

  /** @returns for each figure its value over the window, or nothing when CloudWatch has none. */
  async #readMetrics(figures: readonly Figure[]): Promise<readonly (readonly number[])[]> {
    if (figures.length === 0) return [];
    const endMs = this.#nowMs();
    const startMs =
      Math.floor(endMs / (PERIOD_SECONDS * 1000)) * PERIOD_SECONDS * 1000 - PERIODS * PERIOD_SECONDS * 1000;
    const response = await this.#metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(startMs),
        EndTime: new Date(endMs),
        MetricDataQueries: figures.map(({ metric, statistic }, i) => ({
          Id: `m${i}`,
          MetricStat: { Metric: metric, Period: PERIOD_SECONDS, Stat: statistic },
        })),
      }),
    );
    const byId = new Map((response.MetricDataResults ?? []).map(({ Id, Values }) => [Id, Values ?? []]));
    return figures.map((figure, i) => combine(figure, byId.get(`m${i}`) ?? []));
  }
}

function combine({ statistic, scale }: Figure, values: readonly number[]): readonly number[] {
  if (values.length === 0) return [];
  const value = statistic === 'Sum' ? values.reduce((sum, part) => sum + part, 0) : Math.max(...values);
  return [value * scale];
}

function figuresOf(
  functionName: FunctionName,
  physicalName: string,
  queueName: (queue: string) => string,
): readonly Figure[] {
  const lambda = (MetricName: string): Metric => ({
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [{ Name: 'FunctionName', Value: physicalName }],
  });
  const queueAge = (queue: string): Metric => ({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: queueName(queue) }],
  });
  const queues = topology.queueWorkers.filter((worker) => worker.function === functionName);
  const readsStream = topology.streamConsumers.some((consumer) => consumer.function === functionName);
  return [
    { functionName, field: 'invocations', metric: lambda('Invocations'), statistic: 'Sum', scale: 1 },
    { functionName, field: 'errors', metric: lambda('Errors'), statistic: 'Sum', scale: 1 },
    { functionName, field: 'durationMsP99', metric: lambda('Duration'), statistic: 'p99', scale: 1 },
    ...(readsStream
      ? [
          {
            functionName,
            field: 'lagMs',
            metric: lambda('IteratorAge'),
            statistic: 'Maximum',
            scale: 1,
          } as const,
        ]
      : []),
    ...queues.map(
      ({ queue }) =>
        ({
          functionName,
          field: 'lagMs',
          metric: queueAge(queue),
          statistic: 'Maximum',
          scale: 1000,
        }) as const,
    ),
  ];
}
