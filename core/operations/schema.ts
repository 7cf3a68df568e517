import { z } from 'zod';
import type { OperationName } from '../job/operation-name.ts';
import {
  functionArn,
  kmsKeyArn,
  kmsKeyId,
  storageClass,
  tagKey,
  tagSet,
  tagValue,
  targetBucketArn,
  text,
  timestamp,
} from '../job/scalars.ts';
import { isPlainHeader } from '../s3/header-text.ts';
import { taskText } from './task-parameters/task-text.ts';
import { escapeTemplate } from './task-parameters/template.ts';

/**
 * The parameters of the eleven operations (JobOperation in S3 Control's model, 2018-08-20), in the model's order, which
 * is the order of elements in XML, and of those that Drover adds. An operation file takes its own schema from here.
 */

/** Tags that one object can have (S3 User Guide, "Categorizing your objects using tags"). */
export const OBJECT_TAGS = 10;

const objectTags = tagSet(OBJECT_TAGS, taskText(tagValue));

const cannedAcl = z.enum([
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
]);

const grants = z.array(
  z.strictObject({
    Grantee: z
      .strictObject({
        TypeIdentifier: z.enum(['id', 'emailAddress', 'uri']).optional(),
        Identifier: text(1, 1024).optional(),
        DisplayName: text(1, 1024).optional(),
      })
      .optional(),
    Permission: z.enum(['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP']).optional(),
  }),
);

const legalHoldStatus = z.enum(['OFF', 'ON']);
const retainUntil = taskText(timestamp);
const objectLockMode = z.enum(['COMPLIANCE', 'GOVERNANCE']);

/** A header as it is; what is wrong with one that is the same for all tasks, CreateJob says in its own words. */
const header = taskText(text(1, 1024), {
  filled: text(1, 1024).refine(isPlainHeader, { error: 'must be printable ASCII' }),
});

const objectMetadata = z.strictObject({
  CacheControl: header.optional(),
  ContentDisposition: header.optional(),
  ContentEncoding: header.optional(),
  ContentLanguage: header.optional(),
  UserMetadata: z
    .record(text(1, 1024), taskText(text(0, 1024)))
    .refine((metadata) => Object.keys(metadata).length <= 8192, { error: 'must have at most 8192 entries' })
    .optional(),
  ContentLength: z.int().min(0).optional(),
  ContentMD5: text(1, 1024).optional(),
  ContentType: header.optional(),
  HttpExpiresDate: timestamp.optional(),
  RequesterCharged: z.boolean().optional(),
  SSEAlgorithm: z.enum(['AES256', 'KMS']).optional(),
});

const lambdaInvoke = z.strictObject({
  FunctionArn: functionArn,
  InvocationSchemaVersion: text(1, 64).optional(),
  UserArguments: z
    .record(text(1, 64), taskText(text(0, 1024)))
    .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 10, {
      error: 'must have 1 to 10 entries',
    })
    .optional(),
});

const putObjectCopy = z.strictObject({
  TargetResource: targetBucketArn.optional(),
  CannedAccessControlList: cannedAcl.optional(),
  AccessControlGrants: grants.optional(),
  MetadataDirective: z.enum(['COPY', 'REPLACE']).optional(),
  ModifiedSinceConstraint: timestamp.optional(),
  NewObjectMetadata: objectMetadata.optional(),
  NewObjectTagging: objectTags.optional(),
  RedirectLocation: text(1, 2048).optional(),
  RequesterPays: z.boolean().optional(),
  StorageClass: storageClass.optional(),
  UnModifiedSinceConstraint: timestamp.optional(),
  SSEAwsKmsKeyId: kmsKeyId.optional(),
  TargetKeyPrefix: taskText(text(1, 1024)).optional(),
  ObjectLockLegalHoldStatus: legalHoldStatus.optional(),
  ObjectLockMode: objectLockMode.optional(),
  ObjectLockRetainUntilDate: retainUntil.optional(),
  BucketKeyEnabled: z.boolean().optional(),
  ChecksumAlgorithm: z
    .enum(['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME', 'SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'])
    .optional(),
});

const putObjectAcl = z.strictObject({
  AccessControlPolicy: z
    .strictObject({
      AccessControlList: z
        .strictObject({
          Owner: z.strictObject({ ID: text(1, 1024).optional(), DisplayName: text(1, 1024).optional() }),
          Grants: grants.optional(),
        })
        .optional(),
      CannedAccessControlList: cannedAcl.optional(),
    })
    .optional(),
});

/** The tags are replaced as a whole; an empty set takes them all away, and so has to be said. */
const putObjectTagging = z.strictObject({ TagSet: objectTags });

const initiateRestoreObject = z.strictObject({
  ExpirationInDays: z.int().min(0).max(2_147_483_647).optional(),
  GlacierJobTier: z.enum(['BULK', 'STANDARD']).optional(),
});

const putObjectLegalHold = z.strictObject({ LegalHold: z.strictObject({ Status: legalHoldStatus }) });

/** An empty Retention takes the retention away. */
const putObjectRetention = z.strictObject({
  BypassGovernanceRetention: z.boolean().optional(),
  Retention: z.strictObject({ RetainUntilDate: retainUntil.optional(), Mode: objectLockMode.optional() }),
});

const computeObjectChecksum = z.strictObject({
  ChecksumAlgorithm: z
    .enum(['CRC32', 'CRC32C', 'CRC64NVME', 'MD5', 'SHA1', 'SHA256', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'])
    .optional(),
  ChecksumType: z.enum(['FULL_OBJECT', 'COMPOSITE']).optional(),
});

const updateObjectEncryption = z.strictObject({
  ObjectEncryption: z
    .strictObject({
      SSEKMS: z
        .strictObject({ KMSKeyArn: kmsKeyArn, BucketKeyEnabled: z.boolean().optional() })
        .meta({ element: 'SSE-KMS' })
        .optional(),
    })
    .optional(),
});

/** A template of keys: see core/operations/copy/target-key.ts. */
const targetKey = taskText(text(1, 2048), { filled: z.string(), spelled: escapeTemplate });

/** Tasks of one invocation: as many as DeleteObjects takes keys, and as an event of 6 MB can name. */
const TASKS_PER_INVOCATION_MAXIMUM = 1_000;

/**
 * What Drover adds to S3's own operations, and the operations that S3 does not have: `Operation.Drover`. A member with
 * the name of one of S3's operations adds to that one, and is given beside it.
 */
const droverOperations = z.strictObject({
  DeleteObject: z
    .strictObject({
      /** All versions and delete markers of each key; otherwise the version that the manifest names, or the current one. */
      AllVersions: z.boolean().optional(),
      /** Instead of the job's confirmation. */
      Confirm: z.enum(['delete']).optional(),
    })
    .optional(),
  MergeTags: z
    .strictObject({
      /** Added, or put in place of the value that their key has. */
      TagSet: objectTags.optional(),
      /** Keys of tags that are taken away, where they are there. */
      RemoveKeys: z.array(tagKey).max(50).optional(),
    })
    .optional(),
  Move: putObjectCopy.extend({ TargetKey: targetKey.optional() }).optional(),
  Inspect: z.strictObject({}).optional(),
  S3PutObjectCopy: z.strictObject({ TargetKey: targetKey.optional() }).optional(),
  LambdaInvoke: z
    .strictObject({
      TasksPerInvocation: z.int().min(1).max(TASKS_PER_INVOCATION_MAXIMUM).optional(),
      MaxConcurrentInvocations: z.int().min(1).max(10_000).optional(),
    })
    .optional(),
});

/** `Operation` of CreateJob: a member an operation, of which a request gives one. */
export const OPERATIONS_SCHEMA = z.strictObject({
  LambdaInvoke: lambdaInvoke.optional(),
  S3PutObjectCopy: putObjectCopy.optional(),
  S3PutObjectAcl: putObjectAcl.optional(),
  S3PutObjectTagging: putObjectTagging.optional(),
  S3DeleteObjectTagging: z.strictObject({}).optional(),
  S3InitiateRestoreObject: initiateRestoreObject.optional(),
  S3PutObjectLegalHold: putObjectLegalHold.optional(),
  S3PutObjectRetention: putObjectRetention.optional(),
  S3ReplicateObject: z.strictObject({}).optional(),
  S3ComputeObjectChecksum: computeObjectChecksum.optional(),
  S3UpdateObjectEncryption: updateObjectEncryption.optional(),
  Drover: droverOperations.optional(),
});

/** The parameters of each operation as it is carried out: what S3's request and Drover's member say of it together. */
export const PARAMETERS = {
  LambdaInvoke: lambdaInvoke.extend(droverOperations.shape.LambdaInvoke.unwrap().shape),
  S3PutObjectCopy: putObjectCopy.extend(droverOperations.shape.S3PutObjectCopy.unwrap().shape),
  S3PutObjectAcl: putObjectAcl,
  S3PutObjectTagging: putObjectTagging,
  S3DeleteObjectTagging: OPERATIONS_SCHEMA.shape.S3DeleteObjectTagging.unwrap(),
  S3InitiateRestoreObject: initiateRestoreObject,
  S3PutObjectLegalHold: putObjectLegalHold,
  S3PutObjectRetention: putObjectRetention,
  S3ReplicateObject: OPERATIONS_SCHEMA.shape.S3ReplicateObject.unwrap(),
  S3ComputeObjectChecksum: computeObjectChecksum,
  S3UpdateObjectEncryption: updateObjectEncryption,
  DeleteObject: droverOperations.shape.DeleteObject.unwrap(),
  MergeTags: droverOperations.shape.MergeTags.unwrap(),
  Move: droverOperations.shape.Move.unwrap(),
  Inspect: droverOperations.shape.Inspect.unwrap(),
} as const satisfies Record<OperationName, z.ZodType>;
