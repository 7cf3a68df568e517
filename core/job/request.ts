import { z } from 'zod';
import { OPERATIONS_SCHEMA } from '../operations/schema.ts';

/**
 * The one internal form of a job request: the shapes of S3 Control's CreateJob (model 2018-08-20), validated here and
 * nowhere else. XML and JSON are two codecs at the edge of it.
 */

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const jobTag = z.strictObject({
  Key: z.string().min(1).max(128).regex(tagText),
  Value: z.string().max(256).regex(tagText),
});
export type JobTag = z.infer<typeof jobTag>;

export const MANIFEST_FIELDS = ['Ignore', 'Bucket', 'Key', 'VersionId'] as const;
export type ManifestField = (typeof MANIFEST_FIELDS)[number];

const manifest = z.strictObject({
  Spec: z.strictObject({
    Format: z.enum(['S3BatchOperations_CSV_20180820', 'S3InventoryReport_CSV_20161130']),
    Fields: z.array(z.enum(MANIFEST_FIELDS)).optional(),
  }),
  Location: z.strictObject({
    ObjectArn: z.string().min(1).max(2000),
    ObjectVersionId: z.string().min(1).max(2000).optional(),
    ETag: z.string().min(1).max(1024),
  }),
});
export type Manifest = z.infer<typeof manifest>;

const report = z.strictObject({
  Enabled: z.boolean(),
  Bucket: z.string().min(1).max(128).optional(),
  Format: z.enum(['Report_CSV_20180820']).optional(),
  Prefix: z.string().min(1).max(512).optional(),
  ReportScope: z.enum(['AllTasks', 'FailedTasksOnly']).optional(),
  ExpectedBucketOwner: z.string().optional(),
});
export type ReportRequest = z.infer<typeof report>;

export const jobRequest = z.strictObject({
  ConfirmationRequired: z.boolean().optional(),
  Operation: OPERATIONS_SCHEMA,
  Report: report,
  ClientRequestToken: z.string().min(1).max(64),
  Manifest: manifest.optional(),
  Description: z.string().min(1).max(256).optional(),
  Priority: z.int().min(0).max(2_147_483_647),
  RoleArn: z.string().min(1).max(2048),
  Tags: z.array(jobTag).max(50).optional(),
});
export type JobRequest = z.infer<typeof jobRequest>;
