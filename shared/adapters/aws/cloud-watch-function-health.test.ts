import { describe, expect, it } from '@jest/globals';
import { SSMClient } from '@aws-sdk/client-ssm';
import { CloudWatchFunctionHealth } from './cloud-watch-function-health.ts';
import { parseEnvironment } from './environment.ts';
import { scriptedClient } from './scripted-client.ts';

const environment = parseEnvironment(
  {
    FUNCTIONS_PATH: '/millrace/dev/functions',
    QUEUE_ORDERS_URGENT_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/urgent.fifo',
    QUEUE_ORDERS_STANDARD_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/standard.fifo',
  },
  [],
);

function parameters(names: Readonly<Record<string, string>>): SSMClient {
  const client = new SSMClient({ region: 'eu-central-1' });
  const Parameters = Object.entries(names).map(([name, Value]) => ({
    Name: `/millrace/dev/functions/${name}`,
    Value,
  }));
  return Object.assign(client, { send: async () => ({ Parameters }) });
}

interface GetMetricData {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: {
      readonly Metric: {
        readonly MetricName: string;
        readonly Dimensions: readonly { readonly Value: string }[];
      };
    };
  }[];
}

/** Answers each query by its metric's name and what it is of. */
function metrics(values: Readonly<Record<string, readonly number[]>>) {
  return scriptedClient<GetMetricData>(({ input }) => ({
    MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => ({
      Id,
      Values: values[`${Metric.MetricName} ${Metric.Dimensions[0]!.Value}`] ?? [],
    })),
  }));
}

describe('CloudWatchFunctionHealth', () => {
  it('adds up invocations and errors, and takes the worst minute and the worst queue', async () => {
    const client = metrics({
      'Invocations physical-submit': [2, 3],
      'Errors physical-submit': [0, 1],
      'Duration physical-submit': [12.5, 80],
      'ApproximateAgeOfOldestMessage urgent.fifo': [1],
      'ApproximateAgeOfOldestMessage standard.fifo': [4, 2],
    });
    const health = new CloudWatchFunctionHealth(
      environment,
      client.client,
      parameters({ 'submit-order': 'physical-submit' }),
    );
    expect(await health.read()).toEqual([
      { name: 'submit-order', invocations: 5, errors: 1, durationMsP99: 80, lagMs: 4000 },
    ]);
  });

  it('knows the lag of a stream consumer by the age of its records, and says nothing of what has no figures', async () => {
    const client = metrics({ 'IteratorAge physical-store': [250, 90] });
    const names = { 'store-trades': 'physical-store', 'read-health': 'physical-health' };
    const health = new CloudWatchFunctionHealth(environment, client.client, parameters(names));
    expect(await health.read()).toEqual([
      { name: 'store-trades', invocations: 0, errors: 0, durationMsP99: null, lagMs: 250 },
      { name: 'read-health', invocations: 0, errors: 0, durationMsP99: null, lagMs: null },
    ]);
  });

  it('asks CloudWatch once a minute', async () => {
    const client = metrics({});
    let nowMs = 0;
    const health = new CloudWatchFunctionHealth(
      environment,
      client.client,
      parameters({ 'submit-order': 'p' }),
      () => nowMs,
    );
    await health.read();
    nowMs = 59_999;
    await health.read();
    expect(client.sent).toHaveLength(1);
    nowMs = 60_000;
    await health.read();
    expect(client.sent).toHaveLength(2);
  });
});
