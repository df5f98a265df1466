/** How long objects live: as the one place says that all stages share. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { RETENTION } from '../../shared/contracts/retention.ts';
import { at, ofType } from './resources.ts';
import { synthesize, type Resource } from './synthesize.ts';

interface Rule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly Transitions?: readonly { readonly StorageClass: string; readonly TransitionInDays: number }[];
}

describe.each(['localstack', 'dev', 'prod'] as const)('objects of %s', (stage) => {
  let resources: readonly Resource[];
  beforeAll(() => {
    ({ resources } = synthesize({ stage }));
  }, 120_000);
  const rulesOf = (id: RegExp): readonly Rule[] =>
    ofType(resources, 'AWS::S3::Bucket')
      .filter((bucket) => id.test(bucket.id))
      .flatMap(({ properties }) => at(properties, 'LifecycleConfiguration', 'Rules') as readonly Rule[]);
  const { raw, unreadable, backtests, accessLogs } = RETENTION[stage].objects;

  it.each([
    ['raw/', raw.days],
    ['unreadable/', unreadable.days],
    ['backtests/', backtests.days],
  ])('below %s go after so many days, or never', (prefix, days) => {
    const rules = rulesOf(/^ArchiveBucket/).filter(({ Prefix }) => Prefix === prefix);
    expect(rules.map(({ ExpirationInDays }) => ExpirationInDays ?? null)).toEqual(
      days === null && (prefix !== 'raw/' || raw.coldAfterDays === null) ? [] : [days],
    );
  });

  it('that the venues said lie where it is cheap after a while', () => {
    const moves = rulesOf(/^ArchiveBucket/).flatMap(({ Transitions = [] }) => Transitions);
    expect(moves).toEqual(
      raw.coldAfterDays === null ? [] : [{ StorageClass: 'GLACIER_IR', TransitionInDays: raw.coldAfterDays }],
    );
  });

  it('that tell who asked for which go, too', () => {
    const logs = rulesOf(/^ArchiveAccessLogs/);
    expect(logs.map(({ ExpirationInDays }) => ExpirationInDays)).toEqual(
      stage === 'localstack' ? [] : [accessLogs.days],
    );
  });
});
