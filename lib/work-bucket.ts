import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Everything that is kept there lies under this prefix; grants end at it. */
const JOBS = 'jobs/*';

/** Files of a job are deleted 90 days after it ended; this is only the backstop, because jobs may wait long. */
const BACKSTOP = Duration.days(400);

export interface WorkBucketProps {
  /** @default - keys managed by S3 */
  readonly encryptionKey?: kms.IKey;
  /** What becomes of the bucket when it leaves the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** Where jobs keep what is too large for the ledger: shard files, wave lists and the results of parts. */
export class WorkBucket extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: WorkBucketProps) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...(props.encryptionKey === undefined
        ? { encryption: s3.BucketEncryption.S3_MANAGED }
        : // With a bucket key KMS is asked once for many objects.
          { encryption: s3.BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: [{ expiration: BACKSTOP, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only this deployment reads and writes the bucket; access logs would double its requests.',
    });
  }

  /** Reads, and the difference between a key that is not there (404) and one that may not be read (403). */
  grantRead(grantee: iam.IGrantable): void {
    this.grantObjects(grantee, ['s3:GetObject']);
    this.grantList(grantee);
    this.bucket.encryptionKey?.grant(grantee, 'kms:Decrypt');
  }

  grantReadWrite(grantee: iam.IGrantable): void {
    this.grantRead(grantee);
    this.grantObjects(grantee, ['s3:PutObject']);
    this.bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
  }

  grantDelete(grantee: iam.IGrantable): void {
    this.grantObjects(grantee, ['s3:DeleteObject']);
    this.grantList(grantee);
  }

  /** What Step Functions needs in order to read the CSV of a Map. */
  mapReaderStatements(): iam.PolicyStatement[] {
    const object = new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects(JOBS)] });
    const key = this.bucket.encryptionKey;
    if (key === undefined) return [object];
    return [object, new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] })];
  }

  private grantObjects(grantee: iam.IGrantable, actions: string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions, resources: [this.bucket.arnForObjects(JOBS)] }),
    );
  }

  private grantList(grantee: iam.IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
  }
}
