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
  const { raw, trades, unreadable, backtests, accessLogs } = RETENTION[stage].objects;

  it.each([
    ['raw/', raw.days, raw.coldAfterDays],
    ['trades/', trades.days, trades.coldAfterDays],
    ['unreadable/', unreadable.days, null],
    ['backtests/', backtests.days, null],
  ])(
    'below %s go after so many days, or never, and lie where it is cheap after a while',
    (prefix, days, coldAfterDays) => {
      const rules = rulesOf(/^ArchiveBucket/).filter(({ Prefix }) => Prefix === prefix);
      const isLeftAlone = days === null && coldAfterDays === null;
      expect(rules.map(({ ExpirationInDays }) => ExpirationInDays ?? null)).toEqual(
        isLeftAlone ? [] : [days],
      );
      expect(rules.flatMap(({ Transitions = [] }) => Transitions)).toEqual(
        coldAfterDays === null ? [] : [{ StorageClass: 'GLACIER_IR', TransitionInDays: coldAfterDays }],
      );
    },
  );

  it('that tell who asked for which go, too', () => {
    const logs = rulesOf(/^ArchiveAccessLogs/);
    expect(logs.map(({ ExpirationInDays }) => ExpirationInDays)).toEqual(
      stage === 'localstack' ? [] : [accessLogs.days],
    );
  });
});
