/** Shards, records and pipes of Kinesis. */
import { archivedBytes, laneBytes, ofType, shardsOf, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';

const PUT_UNIT_BYTES = 25 * 1024;

export function streams(month: Month): Line[] {
  const { profile, load, seconds } = month;
  return shardsOf(month.resources).flatMap(([name, shards]) => {
    const records = month.records.get(name) ?? 0;
    const bytes =
      name === 'trades'
        ? profile.collector.bytesARecord + laneBytes(load, profile) / records
        : archivedBytes(load, profile) / records;
    const units = Math.max(1, Math.ceil(bytes / PUT_UNIT_BYTES));
    return [
      line(
        month,
        'Kinesis',
        `shards of ${name}`,
        'kinesisShardHour',
        shards * profile.hoursAMonth,
        `${shards} shards of the template × ${profile.hoursAMonth} h`,
      ),
      line(
        month,
        'Kinesis',
        `records of ${name}`,
        'kinesisPutUnit',
        records * units * seconds,
        `${round(records)} records/s of ${Math.round(bytes)} B, ${units} units each × ${seconds} s`,
      ),
    ];
  });
}

export function pipes(month: Month): Line[] {
  const { profile, load, seconds } = month;
  const pipeCount = ofType(month.resources, 'AWS::Kinesis::StreamConsumer').length;
  const shards = new Map(shardsOf(month.resources)).get('trades') ?? 1;
  const gb = (laneBytes(load, profile) * seconds) / 1e9;
  const from = `${pipeCount} pipes`;
  return [
    line(
      month,
      'Kinesis',
      'pipes',
      'kinesisPipeShardHour',
      pipeCount * shards * profile.hoursAMonth,
      `${from} × ${shards} shards × ${profile.hoursAMonth} h`,
    ),
    line(month, 'Kinesis', 'read over pipes', 'kinesisPipeGb', pipeCount * gb, `${from} × ${round(gb)} GB`),
  ];
}
