/** What wakes a person on AWS, and what must not. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { METRICS } from '../../shared/contracts/metrics.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { topology } from '../../shared/topology.ts';
import { at, listOf, ofType, targetOf, textOf } from './resources.ts';
import { synthesize, type Resource } from './synthesize.ts';

let resources: readonly Resource[];
beforeAll(() => {
  ({ resources } = synthesize({ stage: 'prod' }));
}, 60_000);

/** Alarms on a metric, by its name. */
function alarmsOn(metric: string): readonly Resource[] {
  return ofType(resources, 'AWS::CloudWatch::Alarm').filter(
    ({ properties }) => properties['MetricName'] === metric,
  );
}

describe('the dashboard', () => {
  it('shows every metric of the platform’s own that wakes somebody, and where the line is that it must not cross', () => {
    const [dashboard] = ofType(resources, 'AWS::CloudWatch::Dashboard');
    const body = textOf(dashboard!.properties['DashboardBody']);
    for (const [name, { per, alarm }] of Object.entries(METRICS)) {
      if (alarm === null) continue;
      const dimensions =
        per === 'venue' ? EXCHANGES.map((venue) => `"stage","prod","venue","${venue}"`) : ['"stage","prod"'];
      for (const one of dimensions) expect(body).toContain(`["Millrace","${name}",${one},`);
      expect(body).toContain(JSON.stringify(alarm.what.replace('<venue>', 'a venue')));
    }
  });
});

describe('the alarms', () => {
  it('are let through by their topic: one with a policy of its own believes nobody else', () => {
    const [policy] = ofType(resources, 'AWS::SNS::TopicPolicy');
    const allowing = listOf(at(policy!.properties, 'PolicyDocument', 'Statement')).filter(
      (statement) => at(statement, 'Effect') === 'Allow',
    );
    expect(allowing).toEqual([
      expect.objectContaining({
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  it('cannot be set off by strangers with bad tokens, each of which is an error of the authorizer', () => {
    const watched = alarmsOn('Errors').map(({ properties }) => textOf(properties['AlarmDescription']));
    const names = Object.keys(topology.functions).filter((name) =>
      watched.some((description) => description.startsWith(`${name} keeps failing`)),
    );
    expect(names).toEqual(Object.keys(topology.functions).filter((name) => name !== topology.authorizer));
  });

  it('know of executions that took too long, which do not count as failed', () => {
    for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut']) {
      const machines = alarmsOn(metric).map(({ properties }) => {
        const [dimension] = listOf(properties['Dimensions']);
        return targetOf(at(dimension, 'Value'));
      });
      expect({ metric, machines: machines.length }).toEqual({
        metric,
        machines: Object.keys(topology.stateMachines).length,
      });
    }
  });

  it('on dead letters last as long as these, though SQS tells nothing of a queue that lies idle', () => {
    const alarms = alarmsOn('ApproximateNumberOfMessagesVisible');
    const queues = ofType(resources, 'AWS::SQS::Queue').filter(
      ({ properties }) => !('RedrivePolicy' in properties),
    );
    expect(alarms).toHaveLength(queues.length);
    for (const { properties } of alarms) expect(properties['TreatMissingData']).toBe('ignore');
  });
});
