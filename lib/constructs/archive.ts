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
import type { Stage } from '../config/stage.ts';

export interface ArchiveProps {
  readonly stage: Stage;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Captures are read seldom after a month, but kept; results of backtests can be had again. They are moved once: each
 * move is paid for object by object, and one by way of infrequent access would save less than it costs. What is under 128 KB S3 leaves
 * where it is by itself: moving it costs more than a year there saves.
 */
const LIFECYCLE: LifecycleRule[] = [
  {
    prefix: 'raw/',
    transitions: [
      { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(14) },
    ],
  },
  { prefix: 'backtests/', expiration: Duration.days(365) },
  { abortIncompleteMultipartUploadAfter: Duration.days(1) },
];

/** Where objects are kept: private, encrypted, over TLS alone, and each access to it in a log that is kept for 90 days. */
export class Archive extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage, removalPolicy }: ArchiveProps) {
    super(scope, id);
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy,
    };
    this.bucket = new Bucket(this, 'Bucket', {
      ...common,
      ...(stage.emulated ? {} : { serverAccessLogsBucket: this.#addAccessLogs(common) }),
      lifecycleRules: LIFECYCLE,
    });
  }

  /** The cast: under exactOptionalPropertyTypes the library's classes do not fit its own interfaces. */
  #addAccessLogs(common: BucketProps): IBucket {
    return new Bucket(this, 'AccessLogs', {
      ...common,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    }) as IBucket;
  }
}
