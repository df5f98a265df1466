import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  StorageClass,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RETENTION, type Retention } from '../../shared/contracts/retention.ts';
import type { Stage } from '../config/stage.ts';

export interface ArchiveProps {
  readonly stage: Stage;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What is read seldom is moved once: each move is paid for object by object, and one by way of infrequent access would save less
 * than it costs. What is under 128 KB S3 leaves where it is by itself: moving it costs more than a year there saves.
 */
function lifecycleOf({ raw, trades, unreadable, backtests }: Retention['objects']): LifecycleRule[] {
  return [
    ...ruleOf('raw/', raw.days, coldAfter(raw.coldAfterDays)),
    ...ruleOf('trades/', trades.days, coldAfter(trades.coldAfterDays)),
    ...ruleOf('unreadable/', unreadable.days),
    ...ruleOf('backtests/', backtests.days),
    { abortIncompleteMultipartUploadAfter: Duration.days(1) },
  ];
}

function coldAfter(days: number | null): Partial<LifecycleRule> {
  const storageClass = StorageClass.GLACIER_INSTANT_RETRIEVAL;
  return days === null ? {} : { transitions: [{ storageClass, transitionAfter: Duration.days(days) }] };
}

/** @returns none where nothing ever happens to them. */
function ruleOf(prefix: string, days: number | null, others: Partial<LifecycleRule> = {}): LifecycleRule[] {
  const rule = { prefix, ...others, ...(days === null ? {} : { expiration: Duration.days(days) }) };
  return Object.keys(rule).length > 1 ? [rule] : [];
}

/** Where objects are kept: private, encrypted, over TLS alone, for as long as the stage says, and each access to it in a log. */
export class Archive extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage, removalPolicy }: ArchiveProps) {
    super(scope, id);
    const { objects } = RETENTION[stage.name];
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy,
    };
    this.bucket = new Bucket(this, 'Bucket', {
      ...common,
      ...(stage.emulated
        ? {}
        : { serverAccessLogsBucket: this.#addAccessLogs(common, objects.accessLogs.days) }),
      lifecycleRules: lifecycleOf(objects),
    });
  }

  /** The cast: under exactOptionalPropertyTypes the library's classes do not fit its own interfaces. */
  #addAccessLogs(common: BucketProps, days: number): IBucket {
    return new Bucket(this, 'AccessLogs', {
      ...common,
      lifecycleRules: [{ expiration: Duration.days(days) }],
    }) as IBucket;
  }
}
