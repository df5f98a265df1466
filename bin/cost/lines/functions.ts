/** What Lambda is paid for. */
import { at, ofType, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';

export function functions(month: Month): Line[] {
  return month.functions.flatMap(({ name, memoryMb, arm }) => {
    const perSecond = month.invocations.get(name) ?? 0;
    const count = perSecond * month.seconds;
    const ms = month.profile.durationMs[name] ?? month.profile.durationMs['default']!;
    const times = `${round(perSecond)}/s × ${month.seconds} s`;
    const price = arm ? 'lambdaGbSecondArm' : 'lambdaGbSecondX86';
    return [
      line(month, 'Lambda', `requests of ${name}`, 'lambdaRequest', count, times),
      line(
        month,
        'Lambda',
        `time of ${name}`,
        price,
        (count * ms * memoryMb) / 1000 / 1024,
        `${times} × ${ms} ms × ${memoryMb} MB`,
      ),
    ];
  });
}

export function mappings(month: Month): Line[] {
  const metered = ofType(month.resources, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => at(properties, 'MetricsConfig') !== undefined,
  );
  const { metricsAMapping } = month.profile;
  const quantity = metered.length * metricsAMapping;
  return [
    line(
      month,
      'CloudWatch',
      'metrics of stream consumers',
      'metric',
      quantity,
      `${metered.length} mappings × ${metricsAMapping}`,
    ),
  ];
}
