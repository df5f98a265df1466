import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './permission.ts';

export interface FailuresBucketProps {
  readonly removalPolicy: RemovalPolicy;
}

/** What was sent again, by `millrace redrive`, is moved below this. */
const REDRIVEN_PREFIX = 'redriven/';

/**
 * Where Lambda puts the batches of a stream that a function could not be made to take, with all their records. What
 * waits there is kept until somebody sends it again, as nothing else has it when the stream forgets it.
 */
export class FailuresBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { removalPolicy }: FailuresBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy,
      lifecycleRules: [
        { prefix: REDRIVEN_PREFIX, expiration: Duration.days(30) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    acknowledge(
      this.bucket,
      'S1',
      'Lambda alone writes here, and only in an outage; who sends it again says so in the log of the function.',
    );
  }
}
