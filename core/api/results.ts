import { z } from 'zod';
import { OPERATION_NAMES } from '../job/operation-name.ts';
import { jobRequest } from '../job/request.ts';
import { tag } from '../job/scalars.ts';
import { JOB_STATUSES } from '../job/status.ts';

/** The answers of the API, in the order of S3 Control's model (2018-08-20), which is the order of elements in XML. */

export const createJobResult = z.object({ JobId: z.string() });

const progressSummary = z.object({
  TotalNumberOfTasks: z.int(),
  NumberOfTasksSucceeded: z.int(),
  NumberOfTasksFailed: z.int(),
  Timers: z.object({ ElapsedTimeInActiveSeconds: z.int() }),
});
export type ProgressSummary = z.infer<typeof progressSummary>;

const status = z.enum(JOB_STATUSES);

const generatedManifestDescriptor = z.object({
  Format: z.string(),
  Location: z.object({ ObjectArn: z.string(), ETag: z.string() }),
});
export type GeneratedManifestDescriptor = z.infer<typeof generatedManifestDescriptor>;

const jobDescriptor = z.object({
  JobId: z.string(),
  ConfirmationRequired: z.boolean().optional(),
  Description: z.string().optional(),
  JobArn: z.string(),
  Status: status,
  Manifest: jobRequest.shape.Manifest,
  Operation: jobRequest.shape.Operation,
  Priority: z.int(),
  ProgressSummary: progressSummary,
  StatusUpdateReason: z.string().optional(),
  FailureReasons: z.array(z.object({ FailureCode: z.string(), FailureReason: z.string() })),
  Report: jobRequest.shape.Report,
  CreationTime: z.string(),
  TerminationDate: z.string().optional(),
  RoleArn: z.string(),
  SuspendedDate: z.string().optional(),
  SuspendedCause: z.string().optional(),
  ManifestGenerator: jobRequest.shape.ManifestGenerator,
  GeneratedManifestDescriptor: generatedManifestDescriptor.optional(),
});
export const describeJobResult = z.object({ Job: jobDescriptor });
export type JobDescriptor = z.infer<typeof jobDescriptor>;

const jobListDescriptor = z.object({
  JobId: z.string(),
  Description: z.string().optional(),
  Operation: z.enum(OPERATION_NAMES),
  Priority: z.int(),
  Status: status,
  CreationTime: z.string(),
  TerminationDate: z.string().optional(),
  ProgressSummary: progressSummary,
});
export type JobListDescriptor = z.infer<typeof jobListDescriptor>;

export const listJobsResult = z.object({ NextToken: z.string().optional(), Jobs: z.array(jobListDescriptor) });
export type ListJobsResult = z.infer<typeof listJobsResult>;

export const updateJobPriorityResult = z.object({ JobId: z.string(), Priority: z.int() });
export type UpdateJobPriorityResult = z.infer<typeof updateJobPriorityResult>;

export const updateJobStatusResult = z.object({
  JobId: z.string(),
  Status: status,
  StatusUpdateReason: z.string().optional(),
});
export type UpdateJobStatusResult = z.infer<typeof updateJobStatusResult>;

export const getJobTaggingResult = z.object({ Tags: z.array(tag) });
export type GetJobTaggingResult = z.infer<typeof getJobTaggingResult>;

/** The answers of PutJobTagging and DeleteJobTagging. */
export const emptyResult = z.object({});
