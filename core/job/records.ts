import type { After } from './after.ts';
import type { PendingEvent } from './job-event.ts';
import type { OperationName } from './operation-name.ts';
import type { JobRequest, JobTag } from './request.ts';
import type { JobStatus } from './status.ts';

/** Why a job failed, as DescribeJob shows it. Code at most 64 characters, reason at most 256. */
export interface JobFailure {
  readonly FailureCode: string;
  readonly FailureReason: string;
}

/** The request as it was given, immutable. Stored whole: at most 64 KB. */
export interface StoredRequest {
  readonly jobId: string;
  /** Hex SHA-256 of the request's canonical JSON: decides whether a repeated token is the same request. */
  readonly hash: string;
  /** ISO 8601, milliseconds. "Now" in the job's filters. */
  readonly createdAt: string;
  readonly request: JobRequest;
}

/** A cause that concerns the whole job and not one task: the job stands still until it passes. */
export interface Trouble extends JobFailure {
  /** ISO 8601: when it was first seen. After ten minutes of it the job fails with this reason. */
  readonly since: string;
}

/** A pause that a caller asked for: it lasts until a caller ends it. */
export interface Hold {
  /** ISO 8601: when it was asked for. */
  readonly since: string;
  /** Why, in the caller's words. */
  readonly reason?: string;
}

/** The job's moving part: status, priority, timers, reasons. Under 2 KB; workers poll it. */
export interface JobState {
  readonly jobId: string;
  /** Rises by one with every write; each write is conditional on the version it read. */
  readonly version: number;
  readonly status: JobStatus;
  /** ISO 8601: when the job entered its status. */
  readonly statusSince: string;
  /** Numbers the executions of the job. Only the newest epoch's execution may plan. */
  readonly epoch: number;
  readonly priority: number;
  readonly createdAt: string;
  readonly operation: OperationName;
  readonly description?: string;
  /** Tasks a second, of all workers together; absent where the job has no limit. */
  readonly tasksPerSecond?: number;
  /** Workers at once; absent where only the capacity bounds them. */
  readonly maxWorkers?: number;
  /** When the job fails for its tasks' failures, where that is not as usual. */
  readonly failureThreshold?: FailureThreshold;
  /** Function invocations at once, of all workers together; absent where tasks are none. */
  readonly mostInvocations?: number;
  /** Tasks in the manifest; absent until the manifest has been read. */
  readonly totalTasks?: number;
  /** Lines of the manifest that its filter left out; absent where there are none. */
  readonly filtered?: number;
  /** ETag of the generated manifest's manifest.json, without quotes; absent until and unless one was written. */
  readonly generatedManifestETag?: string;
  /** Shards of the plan; absent until the manifest has been read. */
  readonly shards?: number;
  /** Milliseconds spent in Active, the present stay (since statusSince) not included. */
  readonly activeMilliseconds: number;
  readonly statusUpdateReason?: string;
  readonly failureReasons: readonly JobFailure[];
  readonly suspendedAt?: string;
  readonly endedAt?: string;
  /** Tasks that failed, once the job has ended; absent where none did. */
  readonly failedTasks?: number;
  readonly trouble?: Trouble;
  /** Lines of its log so far. */
  readonly events?: number;
  /** Those of them that are not written and announced yet. A change and its line are one write. */
  readonly outbox?: readonly PendingEvent[];
  /** The jobs whose end it waits for; its manifest is not read before. */
  readonly waitsFor?: After;
  /** While it is there the job gets no workers, whatever its priority. */
  readonly held?: Hold;
}

/** A running copy of the counts, for DescribeJob and the failure threshold; exact once the job has ended. */
export interface JobTotals {
  readonly succeeded: number;
  readonly failed: number;
  /** Shards that are done: with the plan's number of shards it says how many workers a job can still use. */
  readonly shardsDone: number;
  /** Epoch milliseconds of the sum. */
  readonly summedAt: number;
  /** Failed tasks by error code, the most frequent first; absent where there are none. */
  readonly failures?: readonly FailureGroup[];
  /** Absent where S3 throttled nothing. */
  readonly throttled?: Throttled;
}

/** Failed tasks of one error code. */
export interface FailureGroup {
  readonly errorCode: string;
  readonly tasks: number;
  /** That of one of them. */
  readonly message: string;
  /** A few of their objects, as `bucket/key`, as the manifest spells them. */
  readonly objects: readonly string[];
}

/** Requests that S3 refused for their number (503, 429) and that were made again. */
export interface Throttled {
  readonly attempts: number;
  /** A bucket where it was seen. */
  readonly bucket: string;
}

/** Everything that DescribeJob needs, from one read of the job's partition. */
export interface Job {
  readonly stored: StoredRequest;
  readonly state: JobState;
  readonly totals: JobTotals;
  readonly tags: readonly JobTag[];
}

/** The scheduler's decision: which job has how many workers. One item, written conditionally. */
export interface Schedule {
  readonly version: number;
  /** Job id → its share. A job that is not named has none. */
  readonly shares: Readonly<Record<string, Share>>;
}

/** A job's part of the capacity. */
export interface Share {
  readonly workers: number;
  /** Epoch milliseconds: when it was last changed. */
  readonly since: number;
}

/** When a job fails for its tasks' failures. */
export interface FailureThreshold {
  /** Until so many tasks have been executed it never does. */
  readonly minimumTasks: number;
  /** Once more than this of the executed tasks failed it does, in percent. */
  readonly percent: number;
}
