/** Log lines, as they come and as they are kept. */
import { ofType, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';

/** A log of which five bytes in six are names that repeat is kept at a seventh of its size. */
const LOG_COMPRESSION = 0.15;
const MONTH_DAYS = 30;

export function logs(month: Month): Line[] {
  const { profile, seconds } = month;
  const bytes = month.functions.reduce(
    (sum, { name, logsSystemLines }) => {
      const each = profile.bytesALogLine + (logsSystemLines ? profile.bytesOfSystemLines : 0);
      return sum + (month.invocations.get(name) ?? 0) * each;
    },
    profile.collector.linesPerSecond * profile.bytesALogLine * month.load.venues,
  );
  const gb = (bytes * seconds) / 1e9;
  const kept = Math.max(
    ...ofType(month.resources, 'AWS::Logs::LogGroup').map(({ properties }) =>
      Number(properties['RetentionInDays'] ?? 365),
    ),
  );
  return [
    line(month, 'CloudWatch', 'log lines', 'logsIngestedGb', gb, `${Math.round(bytes)} B/s × ${seconds} s`),
    line(
      month,
      'CloudWatch',
      'log lines kept',
      'logsStoredGb',
      (gb * LOG_COMPRESSION * kept) / MONTH_DAYS,
      `${round(gb)} GB × ${LOG_COMPRESSION} × ${kept} days`,
    ),
  ];
}
