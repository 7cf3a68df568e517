import { z } from 'zod';
import { manifestFilter } from './manifest-filter.ts';
import { accountId, bucketArn, kmsKeyArn, kmsKeyId, storageClass, text, timestamp } from './scalars.ts';

/** ManifestGenerator of CreateJob (S3 Control's model 2018-08-20): the manifest is a listing of a bucket, filtered. */

/** The guide allows one string in each of the lists of KeyNameConstraint; the model does not say so. */
const keyParts = z.array(text(1, 1024));

const encryptionFilter = z.strictObject({
  SSES3: z.strictObject({}).meta({ element: 'SSE-S3' }).optional(),
  SSEKMS: z
    .strictObject({ KmsKeyArn: kmsKeyArn.optional(), BucketKeyEnabled: z.boolean().optional() })
    .meta({ element: 'SSE-KMS' })
    .optional(),
  DSSEKMS: z.strictObject({ KmsKeyArn: kmsKeyArn.optional() }).meta({ element: 'DSSE-KMS' }).optional(),
  SSEC: z.strictObject({}).meta({ element: 'SSE-C' }).optional(),
  NOTSSE: z.strictObject({}).meta({ element: 'NOT-SSE' }).optional(),
});

const filter = z.strictObject({
  EligibleForReplication: z.boolean().optional(),
  CreatedAfter: timestamp.optional(),
  CreatedBefore: timestamp.optional(),
  ObjectReplicationStatuses: z.array(z.enum(['COMPLETED', 'FAILED', 'REPLICA', 'NONE'])).optional(),
  KeyNameConstraint: z
    .strictObject({
      MatchAnyPrefix: keyParts.optional(),
      MatchAnySuffix: keyParts.optional(),
      MatchAnySubstring: keyParts.optional(),
    })
    .optional(),
  ObjectSizeGreaterThanBytes: z.int().optional(),
  ObjectSizeLessThanBytes: z.int().optional(),
  MatchAnyStorageClass: z.array(storageClass).optional(),
  MatchAnyObjectEncryption: z.array(encryptionFilter).min(1).max(1).meta({ item: 'ObjectEncryption' }).optional(),
});

const outputLocation = z.strictObject({
  ExpectedManifestBucketOwner: accountId.optional(),
  Bucket: bucketArn,
  ManifestPrefix: text(1, 512).optional(),
  ManifestEncryption: z
    .strictObject({
      SSES3: z.strictObject({}).meta({ element: 'SSE-S3' }).optional(),
      SSEKMS: z.strictObject({ KeyId: kmsKeyId }).meta({ element: 'SSE-KMS' }).optional(),
    })
    .optional(),
  ManifestFormat: z.enum(['S3InventoryReport_CSV_20211130']),
});

export const manifestGenerator = z.strictObject({
  S3JobManifestGenerator: z
    .strictObject({
      ExpectedBucketOwner: accountId.optional(),
      SourceBucket: bucketArn,
      ManifestOutputLocation: outputLocation.optional(),
      Filter: filter.optional(),
      EnableManifestOutput: z.boolean(),
      /** What S3's own filter does not have. It stands within, for clients take ManifestGenerator for a union of one member. */
      Drover: z.strictObject({ Filter: manifestFilter.optional() }).optional(),
    })
    .optional(),
});
