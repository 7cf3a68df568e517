import { parseFunctionArn } from '../lambda/function-arn.ts';
import type { Task } from './operation.ts';

/** What a function is invoked with, invocation schema 1.0. Source: S3 User Guide, "Invoke AWS Lambda function". */
export interface LambdaEvent {
  readonly invocationSchemaVersion: '1.0';
  /** Opaque, new for each call; the function's answer repeats it. */
  readonly invocationId: string;
  readonly job: { readonly id: string };
  /** Always one. */
  readonly tasks: readonly [LambdaTask];
}

export interface LambdaTask {
  /** Opaque, the same whenever the task is tried again; the function's answer repeats it. */
  readonly taskId: string;
  /** As the manifest spelled it: URL-encoded. */
  readonly s3Key: string;
  readonly s3VersionId: string | null;
  readonly s3BucketArn: string;
}

/** @param functionArn of the function: the buckets it can be told of are in its partition. */
export function lambdaEvent(task: Task, jobId: string, invocationId: string, functionArn: string): LambdaEvent {
  const partition = parseFunctionArn(functionArn)?.partition ?? 'aws';
  return {
    invocationSchemaVersion: '1.0',
    invocationId,
    job: { id: jobId },
    tasks: [
      {
        taskId: task.taskId,
        s3Key: task.manifestKey,
        s3VersionId: task.versionId ?? null,
        s3BucketArn: `arn:${partition}:s3:::${task.bucket}`,
      },
    ],
  };
}
