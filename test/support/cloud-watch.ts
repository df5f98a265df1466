/**
 * CloudWatch as far as our alarms use it: what it makes of a log line in its embedded format, and what state an alarm of
 * a template comes to. The emulators judge an alarm by its metric's name alone, and leave out what is missing.
 */
import { at, listOf } from '../synth/resources.ts';
import type { Properties } from '../synth/synthesize.ts';

export interface Datapoint {
  readonly metric: string;
  readonly values: readonly number[];
  readonly timeMs: number;
}

interface Line {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** Namespace, name and dimensions: two metrics that differ in any of these have nothing to do with each other. */
function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

/** @throws Error where the line lacks what its directives point at. */
export function datapointsOf(logged: object): Datapoint[] {
  const line = logged as Line;
  if (line._aws === undefined) return [];
  const { Timestamp: timeMs, CloudWatchMetrics } = line._aws;
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, member(line, name, 'string')]));
        const value = line[Name];
        const values = (Array.isArray(value) ? value : [member(line, Name, 'number')]) as number[];
        if (values.length > 100) throw new Error(`${Name}: more than CloudWatch takes of a line`);
        return { metric: keyOf(Namespace, Name, dimensions), values, timeMs };
      }),
    ),
  );
}

function member(line: Line, name: string, type: 'string' | 'number'): unknown {
  if (typeof line[name] !== type) throw new Error(`${name}: expected a ${type} in the line`);
  return line[name];
}

/** The metric that an alarm of a template watches. */
export function watchedBy(alarm: Properties): string {
  const dimensions = listOf(alarm['Dimensions']).map((dimension) => [
    at(dimension, 'Name'),
    at(dimension, 'Value'),
  ]);
  return keyOf(
    alarm['Namespace'] as string,
    alarm['MetricName'] as string,
    Object.fromEntries(dimensions) as Record<string, unknown>,
  );
}

/**
 * What the alarm says at an instant, by the periods before it.
 * @param before its state until then, which it keeps where figures that are missing change nothing.
 */
export function stateOf(
  alarm: Properties,
  datapoints: readonly Datapoint[],
  atMs: number,
  before: 'OK' | 'ALARM' = 'OK',
): 'OK' | 'ALARM' {
  const metric = watchedBy(alarm);
  const periodMs = Number(alarm['Period']) * 1000;
  const periods = Number(alarm['EvaluationPeriods']);
  const breaching = Array.from({ length: periods }, (_, n) => {
    const endMs = atMs - n * periodMs;
    const values = datapoints
      .filter((p) => p.metric === metric && p.timeMs >= endMs - periodMs && p.timeMs < endMs)
      .flatMap((p) => p.values);
    return values.length === 0 ? missing(alarm) : isBad(alarm, statistic(alarm, values));
  });
  if (breaching.every((bad) => bad === null)) return before;
  return breaching.every((bad) => bad !== false) ? 'ALARM' : 'OK';
}

function missing(alarm: Properties): boolean | null {
  switch (alarm['TreatMissingData']) {
    case 'breaching':
      return true;
    case 'notBreaching':
      return false;
    case 'ignore':
      return null;
    default:
      throw new Error(`TreatMissingData ${JSON.stringify(alarm['TreatMissingData'])}: expected to be said`);
  }
}

function statistic(alarm: Properties, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  switch (alarm['Statistic'] ?? alarm['ExtendedStatistic']) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Maximum':
      return sorted.at(-1)!;
    case 'p99':
      return sorted[Math.ceil(sorted.length * 0.99) - 1]!;
    default:
      throw new Error('a statistic that no alarm has yet');
  }
}

function isBad(alarm: Properties, value: number): boolean {
  const threshold = Number(alarm['Threshold']);
  return alarm['ComparisonOperator'] === 'LessThanThreshold' ? value < threshold : value >= threshold;
}
