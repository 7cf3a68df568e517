import type { OperationName } from '../../core/job/operation-name.ts';
import type { JobFailure } from '../../core/job/records.ts';
import type { DroverOptions, FailureThresholdRequest, JobRequest } from '../../core/job/request.ts';
import type { JobStatus } from '../../core/job/status.ts';

/** The JSON answers of the job API: the SDK's own shapes (S3 Control model 2018-08-20), times in ISO 8601. */

/** How far a job is. A job that never began tasks may have none at all. */
export interface ProgressSummary {
  readonly TotalNumberOfTasks?: number;
  readonly NumberOfTasksSucceeded?: number;
  readonly NumberOfTasksFailed?: number;
  readonly Timers?: { readonly ElapsedTimeInActiveSeconds?: number };
}

/** DescribeJob's `Job`. */
export interface JobDescriptor {
  readonly JobId: string;
  readonly Status: JobStatus;
  readonly ConfirmationRequired?: boolean;
  readonly Description?: string;
  readonly JobArn?: string;
  readonly Manifest?: JobRequest['Manifest'];
  readonly Operation?: JobRequest['Operation'];
  readonly Priority?: number;
  readonly ProgressSummary?: ProgressSummary;
  readonly StatusUpdateReason?: string;
  readonly FailureReasons?: readonly JobFailure[];
  readonly Report?: JobRequest['Report'];
  readonly CreationTime?: string;
  readonly TerminationDate?: string;
  readonly RoleArn?: string;
  readonly SuspendedDate?: string;
  readonly SuspendedCause?: string;
  /** The list that was made of a bucket, where it was written to one. */
  readonly GeneratedManifestDescriptor?: { readonly Location: { readonly ObjectArn: string; readonly ETag: string } };
  /** What Drover knows beyond S3's model. */
  readonly Drover?: DroverOptions & DroverKnowledge;
}

/** What Drover tells of a job besides what was asked for. */
export interface DroverKnowledge {
  readonly ObjectsEndpoint?: string;
  readonly Workers?: number;
  readonly Failures?: readonly FailureGroup[];
  readonly Throttled?: { readonly Attempts: number; readonly Bucket: string };
  readonly Trouble?: JobFailure;
  readonly Paused?: { readonly Since: string; readonly Reason?: string };
}

/** Failed tasks of one error code. */
export interface FailureGroup {
  readonly ErrorCode: string;
  readonly Tasks: number;
  /** That of one of them. */
  readonly ResultMessage: string;
  /** A few of them, as `bucket/key`. */
  readonly Objects: readonly string[];
}

/** One job of ListJobs. */
export interface JobListDescriptor {
  readonly JobId: string;
  readonly Status: JobStatus;
  readonly Description?: string;
  readonly Operation?: OperationName;
  readonly Priority?: number;
  readonly CreationTime?: string;
  readonly TerminationDate?: string;
  readonly ProgressSummary?: ProgressSummary;
}

/** ListJobs' answer: a page. */
export interface JobPage {
  readonly Jobs?: readonly JobListDescriptor[];
  readonly NextToken?: string;
}

/** UpdateJobStatus' answer. */
export interface StatusAnswer {
  readonly JobId: string;
  readonly Status: JobStatus;
  readonly StatusUpdateReason?: string;
}

/** What UpdateJobLimits takes. */
export interface LimitChanges {
  readonly RateLimit?: { readonly TasksPerSecond: number } | null;
  readonly MaxWorkers?: number | null;
  readonly FailureThreshold?: FailureThresholdRequest | null;
}

/** UpdateJobLimits' answer: the limits that the job has now. */
export interface LimitsAnswer {
  readonly JobId: string;
  readonly RateLimit?: { readonly TasksPerSecond: number };
  readonly MaxWorkers?: number;
  readonly FailureThreshold?: FailureThresholdRequest;
}

/** A line of a job's log. */
export interface JobEventLine {
  readonly Time: string;
  readonly Kind: string;
  readonly Text: string;
  /** Of a change of status. */
  readonly Status?: string;
  /** Of the end of a job some of whose tasks failed. */
  readonly NumberOfTasksFailed?: number;
}

/** ListJobEvents' answer. */
export interface JobEventList {
  readonly JobId: string;
  readonly Events: readonly JobEventLine[];
}

/** A change of a job's status, among those of all jobs. */
export interface NewsLine extends JobEventLine {
  readonly JobId: string;
  /** The same each time that the change is told. */
  readonly EventId: string;
}

/** ListEvents' answer. */
export interface NewsList {
  readonly Events: readonly NewsLine[];
  readonly Next: string;
}

/** UpdateJobPriority's answer. */
export interface PriorityAnswer {
  readonly JobId: string;
  readonly Priority: number;
}
