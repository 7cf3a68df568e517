import type { z } from 'zod';
import type { OperationName } from '../job/operation-name.ts';
import type { JobFailure } from '../job/records.ts';
import type { JobRequest } from '../job/request.ts';
import type { LambdaDataClient } from '../lambda/lambda-data-client.ts';
import type { S3DataClient } from '../s3/s3-data-client.ts';
import type { Problem } from '../validation/invalid-input.ts';
import type { Examination } from './examination.ts';
import type { TaskNotes } from './task-notes.ts';
import type { TaskRequests } from './task-requests.ts';
import type { TaskResult } from './task-result.ts';

/** One line of the manifest: one object, one call. */
export interface Task {
  readonly bucket: string;
  /** The object's key, decoded. */
  readonly key: string;
  /** The key as the manifest spelled it; the report echoes it, Lambda functions are given it. */
  readonly manifestKey: string;
  /** Absent where the manifest has no version column. An empty version field never reaches an operation. */
  readonly versionId?: string;
  /** Opaque, unique in the job, the same however often the task is carried out: `<shard>-<line>`. */
  readonly taskId: string;
}

/** What an operation may use. All clients act with the job's role and nothing else. */
export interface TaskContext {
  readonly jobId: string;
  readonly s3: S3DataClient;
  readonly lambda: LambdaDataClient;
  /** What a long task leaves for the invocation that goes on with it. Written for few tasks, never for each. */
  readonly notes: TaskNotes;
  /**
   * Epoch milliseconds after which the worker should give its shard up. A task that can go on from its notes ends its
   * requests in flight by then and throws TaskUnfinished; any other takes no notice.
   */
  readonly deadline: number;
  /**
   * Aborted when the invocation must end now (its time limit); not on cancel: what was begun is ended. A task under way
   * then rejects with the signal's reason: it has no result, and is done again.
   */
  readonly signal: AbortSignal;
}

/** One operation. Wire codec, command line, docs and role policy are derived from these. */
export interface Operation<Parameters = unknown> {
  readonly name: OperationName;
  /** One sentence, for help and docs. */
  readonly summary: string;
  /** Its parameters: its member of `Operation`, with what its member of `Operation.Drover` adds to them. */
  readonly schema: z.ZodType<Parameters>;
  /** What the job's role must be allowed, on the objects or the function. */
  readonly roleActions: readonly string[];
  /** What it must be allowed besides, for a dry run or `Drover.SkipUnchanged`; left out where `roleActions` do. */
  readonly examineActions?: readonly string[];
  /** Requests (or batches) in flight in one worker. */
  readonly concurrency: number;
  /** Whether each task is a Lambda invocation: then it counts against the capacity as a worker does. */
  readonly invokesFunctions: boolean;
  /** What a second run of the same task does, a sentence: a part may run twice after a crash. */
  readonly repetition: string;
  /** What of it is not as S3 Batch Operations has it, sentences for docs; empty where nothing is, or S3 has no such operation. */
  readonly differences: readonly string[];
  /** Whether `examine` can find an object as the task would leave it: `Drover.SkipUnchanged` is refused otherwise. */
  readonly knowsUnchanged: boolean;
  /** Tasks in one shard: a shard should take seconds to a few minutes. */
  tasksPerShard(parameters: Parameters): number;
  /** What one task asks of S3, KMS and functions, for estimates; of an object of so many bytes, where they are known. */
  requestsPerTask(parameters: Parameters, objectBytes?: number): TaskRequests;
  /** What of the request as a whole is wrong for this operation, beyond its schema. Asked at CreateJob. */
  checkRequest?(request: JobRequest, parameters: Parameters): Problem[];
  /**
   * Why the job must fail before any task is begun, by what its manifest's buckets are; undefined if it may go on.
   * Asked once, with the job's role, when the manifest has been read. Throws JobTrouble only.
   */
  checkBuckets?(
    buckets: readonly string[],
    parameters: Parameters,
    context: Pick<TaskContext, 's3' | 'signal'>,
  ): Promise<JobFailure | undefined>;
  /** Reads the object, changes nothing, and says what `execute` would find to do. Throws JobTrouble only. */
  examine(task: Task, parameters: Parameters, context: TaskContext): Promise<Examination>;
  /**
   * Carries out one task. Retries what passes by itself; returns what the report should say; throws JobTrouble or
   * TaskUnfinished only.
   */
  execute(task: Task, parameters: Parameters, context: TaskContext): Promise<TaskResult>;
  /** Where one request can do many tasks. */
  readonly batch?: Batch<Parameters>;
}

/** How an operation carries out many tasks at once. */
export interface Batch<Parameters> {
  /** Tasks in one batch at most; 1 for a job that wants none. */
  size(parameters: Parameters): number;
  /** As `execute`, for tasks that follow one another in the manifest: a result for each, in their order. */
  execute(tasks: readonly Task[], parameters: Parameters, context: TaskContext): Promise<readonly TaskResult[]>;
}
