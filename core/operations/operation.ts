import type { z } from 'zod';
import type { OperationName } from '../job/operation-name.ts';
import type { LambdaDataClient } from '../lambda/lambda-data-client.ts';
import type { S3DataClient } from '../s3/s3-data-client.ts';

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

/** What became of one task: its line of the completion report, less the object's name. */
export interface TaskResult {
  readonly status: 'succeeded' | 'failed';
  readonly httpStatus: number;
  /** Empty on success. */
  readonly errorCode: string;
  readonly message: string;
}

/** What an operation may use. All clients act with the job's role and nothing else. */
export interface TaskContext {
  readonly jobId: string;
  readonly s3: S3DataClient;
  readonly lambda: LambdaDataClient;
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
  /** Its member of `Operation` in CreateJob. */
  readonly schema: z.ZodType<Parameters>;
  /** What the job's role must be allowed, on the objects or the function. */
  readonly roleActions: readonly string[];
  /** Tasks in one shard: a shard should take seconds to a few minutes. */
  readonly tasksPerShard: number;
  /** Requests in flight in one worker. */
  readonly concurrency: number;
  /** Whether each task is a Lambda invocation: then it counts against the capacity as a worker does. */
  readonly invokesFunctions: boolean;
  /** What a second run of the same task does: a part may run twice after a crash. */
  readonly repetition: string;
  /** Carries out one task. Retries what passes by itself; returns what the report should say; throws JobTrouble only. */
  execute(task: Task, parameters: Parameters, context: TaskContext): Promise<TaskResult>;
}
