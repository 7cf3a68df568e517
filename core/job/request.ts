import { z } from 'zod';
import { OPERATIONS_SCHEMA } from '../operations/schema.ts';
import { after } from './after.ts';
import { droverManifest } from './drover-manifest.ts';
import { manifestGenerator } from './manifest-generator.ts';
import {
  accountId,
  bucketArn,
  jobId,
  jobPriority,
  objectArn,
  roleArn,
  type Tag,
  tagSet,
  text,
  topicArn,
  versionId,
} from './scalars.ts';
import { tasksOf } from './task-selection.ts';

/**
 * The one internal form of a job request: the shapes of S3 Control's CreateJob (model 2018-08-20), in the model's
 * order. XML and JSON are two codecs at the edge of it, derived from it. What one member has to do with another is in
 * check-request.ts.
 */

/** Tags of one job (model 2018-08-20, PutJobTagging). */
export const JOB_TAGS_MAXIMUM = 50;

export type JobTag = Tag;

const MANIFEST_FIELDS = ['Ignore', 'Bucket', 'Key', 'VersionId'] as const;
export type ManifestField = (typeof MANIFEST_FIELDS)[number];

/** S3's own formats of manifests, and the form of the manifests that it generates, which it does not take. */
const S3_FORMATS = [
  'S3BatchOperations_CSV_20180820',
  'S3InventoryReport_CSV_20161130',
  'S3InventoryReport_CSV_20211130',
] as const;

const manifest = z.strictObject({
  Spec: z
    .strictObject({
      Format: z.enum(S3_FORMATS),
      Fields: z.array(z.enum(MANIFEST_FIELDS)).optional(),
    })
    .optional(),
  Location: z.strictObject({
    ObjectArn: objectArn,
    ObjectVersionId: versionId.optional(),
    /** Left out where the manifest is a prefix: then its files are met, and pinned, when it is surveyed. */
    ETag: text(1, 1024).optional(),
  }),
  Drover: droverManifest.optional(),
});
export type Manifest = z.infer<typeof manifest>;

const report = z.strictObject({
  Bucket: bucketArn.optional(),
  Format: z.enum(['Report_CSV_20180820']).optional(),
  Enabled: z.boolean(),
  Prefix: text(1, 512).optional(),
  ReportScope: z.enum(['AllTasks', 'FailedTasksOnly']).optional(),
  ExpectedBucketOwner: accountId.optional(),
});
export type ReportRequest = z.infer<typeof report>;

/** Tasks a second at most: far more than any account's workers do. */
const TASKS_PER_SECOND_MAXIMUM = 1_000_000;

/** Workers of one job at most: a Map of Step Functions runs no more children (its quota). */
const MAX_WORKERS_MAXIMUM = 10_000;

/** Tasks after which a failure threshold may be looked at, at most. */
const THRESHOLD_TASKS_MAXIMUM = 1_000_000_000;

/** Tasks a second, of all workers of a job together. */
export const rateLimit = z.strictObject({ TasksPerSecond: z.int().min(1).max(TASKS_PER_SECOND_MAXIMUM) });

/** Workers of a job at once. */
export const maxWorkers = z.int().min(1).max(MAX_WORKERS_MAXIMUM);

/** The job fails once so many tasks have been executed and more than so much of them failed; 100 percent: never. */
export const failureThreshold = z.strictObject({
  MinimumTasks: z.int().min(1).max(THRESHOLD_TASKS_MAXIMUM).optional(),
  Percent: z.int().min(0).max(100).optional(),
});
export type FailureThresholdRequest = z.infer<typeof failureThreshold>;

/** What Drover can do with any operation, and S3 cannot. */
const droverOptions = z.strictObject({
  /** Reads only, and reports for each object what would be done, or why it would fail. */
  DryRun: z.boolean().optional(),
  /** Leaves alone what already is as the task would make it. */
  SkipUnchanged: z.boolean().optional(),
  /** `${column}` in the operation's values is what the manifest's line has there; otherwise such text is taken as it is. */
  TaskParameters: z.boolean().optional(),
  /** The job whose request fills in what this one leaves out. */
  CloneOf: jobId.optional(),
  /** Instead of a manifest: tasks of a job that has ended. */
  TasksOf: tasksOf.optional(),
  /** Begins when others have ended; takes their tasks, where it has no manifest of its own. */
  After: after.optional(),
  RateLimit: rateLimit.optional(),
  MaxWorkers: maxWorkers.optional(),
  FailureThreshold: failureThreshold.optional(),
  /** An SNS topic that is told of each change of the job's status. */
  NotificationTopicArn: topicArn.optional(),
});
export type DroverOptions = z.infer<typeof droverOptions>;

export const jobRequest = z.strictObject({
  ConfirmationRequired: z.boolean().optional(),
  Operation: OPERATIONS_SCHEMA,
  Report: report,
  ClientRequestToken: text(1, 64),
  Manifest: manifest.optional(),
  Description: text(1, 256).optional(),
  Priority: jobPriority,
  RoleArn: roleArn,
  Tags: tagSet(JOB_TAGS_MAXIMUM).optional(),
  ManifestGenerator: manifestGenerator.optional(),
  Drover: droverOptions.optional(),
});
export type JobRequest = z.infer<typeof jobRequest>;
