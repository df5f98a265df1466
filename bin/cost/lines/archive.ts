/** Captures and Parquet files in S3. */
import { archivedBytes, at, ofType, type Month } from '../month.ts';
import { line, round, type Line } from './line.ts';
import type { Resource } from '../template.ts';

interface Transition {
  readonly StorageClass: 'STANDARD_IA' | 'GLACIER_IR';
  readonly TransitionInDays: number;
}
const STORAGE = {
  STANDARD: { stored: 's3StandardGb', moved: null },
  STANDARD_IA: { stored: 's3InfrequentGb', moved: 's3ToInfrequent' },
  GLACIER_IR: { stored: 's3GlacierInstantGb', moved: 's3ToGlacierInstant' },
} as const;

/** What lies in the archive: it is put, lies for a while in each class, and is moved object by object. */
export function archive(month: Month): Line[] {
  return [...stored(month, captures(month)), ...stored(month, parquetFiles(month))];
}

interface Kind {
  readonly what: string;
  readonly prefix: string;
  /** That are put in a month, and what they weigh. */
  readonly objects: number;
  readonly gb: number;
}

function captures({ load, profile, records, seconds }: Month): Kind {
  const objects = (records.get('raw') ?? 0) * seconds;
  return { what: 'captures', prefix: 'raw/', objects, gb: (archivedBytes(load, profile) * seconds) / 1e9 };
}

/** As many as are full, and one of each day that is not. */
function parquetFiles({ load, profile, seconds }: Month): Kind {
  const trades = load.tradesPerSecond * seconds;
  const { bytesATrade, tradesAFile } = profile.parquet;
  const days = profile.hoursAMonth / 24;
  const objects = trades / tradesAFile + load.instruments * load.venues * days;
  return { what: 'Parquet files', prefix: 'trades/', objects, gb: (trades * bytesATrade) / 1e9 };
}

function stored(month: Month, { what, prefix, objects, gb }: Kind): Line[] {
  const { profile, seconds } = month;
  const size = Math.round((gb * 1e6) / objects);
  const days = profile.hoursAMonth / 24;
  const transitions = transitionsOf(month.resources, prefix, size * 1000).filter(
    ({ TransitionInDays }) => TransitionInDays < profile.archive.ageDays,
  );
  const begins = [{ StorageClass: 'STANDARD' as const, TransitionInDays: 0 }, ...transitions];
  return [
    line(
      month,
      'S3',
      `${what} put`,
      's3Put',
      objects,
      `${round(objects / seconds)} objects/s of ${size} KB × ${seconds} s`,
    ),
    ...begins.flatMap(({ StorageClass, TransitionInDays: from }, i) => {
      const until = begins[i + 1]?.TransitionInDays ?? profile.archive.ageDays;
      const months = (until - from) / days;
      const { stored: price, moved } = STORAGE[StorageClass];
      return [
        line(
          month,
          'S3',
          `${what} in ${StorageClass}`,
          price,
          gb * months,
          `${round(gb)} GB a month × ${round(months)} months (days ${from} to ${until})`,
        ),
        ...(moved === null
          ? []
          : [line(month, 'S3', `${what} moved to ${StorageClass}`, moved, objects, 'as many as are put')]),
      ];
    }),
  ];
}

/** S3 leaves objects of less than 128 KB where they are unless a rule says otherwise. */
const LEAST_MOVED_BYTES = 128 * 1024;

function transitionsOf(
  resources: readonly Resource[],
  prefix: string,
  objectBytes: number,
): readonly Transition[] {
  const rules = ofType(resources, 'AWS::S3::Bucket').flatMap(
    ({ properties }) =>
      (at(properties, 'LifecycleConfiguration', 'Rules') as readonly unknown[] | undefined) ?? [],
  );
  return rules.flatMap((rule) => {
    const least = Number(at(rule, 'ObjectSizeGreaterThan') ?? LEAST_MOVED_BYTES);
    const isMoved = at(rule, 'Prefix') === prefix && objectBytes > least;
    return isMoved ? ((at(rule, 'Transitions') as readonly Transition[] | undefined) ?? []) : [];
  });
}
