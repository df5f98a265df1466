/** Captures in S3. */
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

/** Captures are put, lie for a while in each class, and are moved one by one. */
export function archive(month: Month): Line[] {
  const { profile, seconds } = month;
  const objects = (month.records.get('raw') ?? 0) * seconds;
  const gb = (archivedBytes(month.load, profile) * seconds) / 1e9;
  const size = Math.round((gb * 1e6) / objects);
  const days = profile.hoursAMonth / 24;
  const transitions = transitionsOf(month.resources, size * 1000).filter(
    ({ TransitionInDays }) => TransitionInDays < profile.archive.ageDays,
  );
  const begins = [{ StorageClass: 'STANDARD' as const, TransitionInDays: 0 }, ...transitions];
  return [
    line(
      month,
      'S3',
      'captures put',
      's3Put',
      objects,
      `${round(objects / seconds)} objects/s of ${size} KB × ${seconds} s`,
    ),
    ...begins.flatMap(({ StorageClass, TransitionInDays: from }, i) => {
      const until = begins[i + 1]?.TransitionInDays ?? profile.archive.ageDays;
      const months = (until - from) / days;
      const { stored, moved } = STORAGE[StorageClass];
      return [
        line(
          month,
          'S3',
          `captures in ${StorageClass}`,
          stored,
          gb * months,
          `${round(gb)} GB a month × ${round(months)} months (days ${from} to ${until})`,
        ),
        ...(moved === null
          ? []
          : [line(month, 'S3', `captures moved to ${StorageClass}`, moved, objects, 'as many as are put')]),
      ];
    }),
  ];
}

/** S3 leaves objects of less than 128 KB where they are unless a rule says otherwise. */
const LEAST_MOVED_BYTES = 128 * 1024;

function transitionsOf(resources: readonly Resource[], objectBytes: number): readonly Transition[] {
  const rules = ofType(resources, 'AWS::S3::Bucket').flatMap(
    ({ properties }) =>
      (at(properties, 'LifecycleConfiguration', 'Rules') as readonly unknown[] | undefined) ?? [],
  );
  return rules.flatMap((rule) => {
    const least = Number(at(rule, 'ObjectSizeGreaterThan') ?? LEAST_MOVED_BYTES);
    const isForCaptures = at(rule, 'Prefix') === 'raw/' && objectBytes > least;
    return isForCaptures ? ((at(rule, 'Transitions') as readonly Transition[] | undefined) ?? []) : [];
  });
}
