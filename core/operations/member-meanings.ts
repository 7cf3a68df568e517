import type { z } from 'zod';
import type { OperationName } from '../job/operation-name.ts';
import type { PARAMETERS } from './schema.ts';

/** The schema's own members, each with a sentence: none can be without, and none can be left over. */
type Meanings = {
  readonly [Name in OperationName]: { readonly [Member in keyof z.infer<(typeof PARAMETERS)[Name]>]-?: string };
};

const COPY = {
  TargetResource: 'The bucket to copy to.',
  CannedAccessControlList: 'A canned ACL for the copies; without it, and without grants, they are private.',
  AccessControlGrants: 'Grants for the copies, by canonical user id or group URI. Not beside a canned ACL.',
  MetadataDirective: 'COPY keeps metadata and content headers; REPLACE takes those of NewObjectMetadata.',
  ModifiedSinceConstraint: 'Only objects modified since; others fail with PreconditionFailed.',
  NewObjectMetadata: 'Metadata and content headers in place of the source’s; SSEAlgorithm asks for encryption.',
  NewObjectTagging: 'Tags in place of the source’s; an empty list takes them away.',
  RedirectLocation: 'Where a bucket that is a website redirects requests for the copy.',
  RequesterPays: 'The job’s account pays for the requests, in buckets where requesters must.',
  StorageClass: 'The copies’ storage class; STANDARD without it, whatever the source’s is.',
  UnModifiedSinceConstraint: 'Only objects not modified since; others fail with PreconditionFailed.',
  SSEAwsKmsKeyId: 'Encrypts the copies with this KMS key.',
  TargetKeyPrefix: 'Goes before the whole source key, with a / between the two.',
  ObjectLockLegalHoldStatus: 'Puts a legal hold on the copies, or none.',
  ObjectLockMode: 'The mode of the copies’ retention; with ObjectLockRetainUntilDate.',
  ObjectLockRetainUntilDate: 'Until when the copies are retained; with ObjectLockMode.',
  BucketKeyEnabled: 'Whether SSE-KMS uses an S3 Bucket Key, which costs fewer requests to KMS.',
  ChecksumAlgorithm: 'The checksum that S3 computes for the copies and keeps with them.',
  TargetKey: 'A template of the copy’s key: see [TargetKey](#the-key-of-a-copy).',
};

/** What each member of each operation is for, a sentence for help and docs. */
export const MEMBER_MEANINGS: Meanings = {
  LambdaInvoke: {
    FunctionArn: 'The function to invoke, with or without a version or alias.',
    InvocationSchemaVersion: 'The form of the event that the function is given: 1.0 (also without it) or 2.0.',
    UserArguments: 'Texts that the function is given with each event; they need 2.0.',
    TasksPerInvocation: 'Objects in one invocation at most, each an entry of the event’s tasks; 1 without it.',
    MaxConcurrentInvocations: 'Invocations of the whole job in flight at most; 100 without it.',
  },
  S3PutObjectCopy: COPY,
  S3PutObjectAcl: {
    AccessControlPolicy: 'Either CannedAccessControlList, or AccessControlList with the owner and the grants.',
  },
  S3PutObjectTagging: {
    TagSet: 'The tags that each object has then; an empty list takes all away.',
  },
  S3DeleteObjectTagging: {},
  S3InitiateRestoreObject: {
    ExpirationInDays: 'Days that the restored copy is kept. Needed for GLACIER and DEEP_ARCHIVE.',
    GlacierJobTier: 'BULK is slow and cheap, STANDARD quicker.',
  },
  S3PutObjectLegalHold: {
    LegalHold: 'Its Status: ON or OFF.',
  },
  S3PutObjectRetention: {
    BypassGovernanceRetention: 'Allows a governance retention to be shortened or taken away.',
    Retention: 'Mode and RetainUntilDate; an empty structure takes the retention away.',
  },
  S3ReplicateObject: {},
  S3ComputeObjectChecksum: {
    ChecksumAlgorithm: 'The checksum to compute.',
    ChecksumType: 'FULL_OBJECT, or COMPOSITE: the checksum of the parts’ checksums.',
  },
  S3UpdateObjectEncryption: {
    ObjectEncryption: 'SSEKMS: the KMS key by its ARN, and whether an S3 Bucket Key is used.',
  },
  DeleteObject: {
    AllVersions: 'Deletes every version and delete marker of each key, not only what the line names.',
    Confirm: 'Says that you mean it, in a job that does not wait for confirmation.',
  },
  MergeTags: {
    TagSet: 'Tags to add; one whose key an object has takes that tag’s place.',
    RemoveKeys: 'Keys of tags to take away, where objects have them.',
  },
  Move: COPY,
  Inspect: {},
};
