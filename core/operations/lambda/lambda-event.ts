import { parseFunctionArn } from '../../lambda/function-arn.ts';
import type { Task } from '../operation.ts';

/** The invocation schemas that a function can be given. */
export const INVOCATION_SCHEMA_VERSIONS = ['1.0', '2.0'] as const;
export type InvocationSchemaVersion = (typeof INVOCATION_SCHEMA_VERSIONS)[number];

/**
 * What a function is invoked with. Sources: S3 User Guide, "Invoke AWS Lambda function"; S3 Control API reference,
 * LambdaInvokeOperation.
 */
export interface LambdaEvent {
  readonly invocationSchemaVersion: InvocationSchemaVersion;
  /** Opaque, new for each call; the function's answer repeats it. */
  readonly invocationId: string;
  readonly job: {
    readonly id: string;
    /** Schema 2.0 only. */
    readonly userArguments?: Readonly<Record<string, string>>;
  };
  /** One, unless the job asks for more. */
  readonly tasks: readonly LambdaTask[];
}

export interface LambdaTask {
  /** Opaque, the same whenever the task is tried again; the function's answer repeats it. */
  readonly taskId: string;
  /** As the manifest spelled it: URL-encoded. */
  readonly s3Key: string;
  readonly s3VersionId: string | null;
  /** Schema 1.0. */
  readonly s3BucketArn?: string;
  /** Schema 2.0: the bucket's name. */
  readonly s3Bucket?: string;
}

/** Of what all events of a job are made. */
export interface EventForm {
  readonly version: InvocationSchemaVersion;
  readonly jobId: string;
  /** Of the function: the buckets it can be told of are in its partition. */
  readonly functionArn: string;
  readonly userArguments: Readonly<Record<string, string>> | undefined;
}

export function lambdaEvent(tasks: readonly Task[], form: EventForm, invocationId: string): LambdaEvent {
  const { version, jobId, userArguments } = form;
  return {
    invocationSchemaVersion: version,
    invocationId,
    job: { id: jobId, ...(userArguments !== undefined && { userArguments }) },
    tasks: tasks.map((task) => lambdaTask(task, form)),
  };
}

function lambdaTask({ taskId, manifestKey, versionId, bucket }: Task, form: EventForm): LambdaTask {
  const task = { taskId, s3Key: manifestKey, s3VersionId: versionId ?? null };
  if (form.version === '2.0') return { ...task, s3Bucket: bucket };
  const partition = parseFunctionArn(form.functionArn)?.partition ?? 'aws';
  return { ...task, s3BucketArn: `arn:${partition}:s3:::${bucket}` };
}

/** Bytes of an event that Lambda takes with a synchronous call: 6 MB (Lambda quotas). */
const MOST_BYTES = 6 * 1024 * 1024;

/** Tasks that follow one another, in as few runs as events have room for; one task always fits. */
export function eventsOf(tasks: readonly Task[], form: EventForm): (readonly Task[])[] {
  if (tasks.length === 1) return [tasks];
  const envelope = bytesOf(lambdaEvent([], form, 'x'.repeat(48)));
  const runs: Task[][] = [];
  let room = 0;
  for (const task of tasks) {
    const bytes = bytesOf(lambdaTask(task, form)) + 1;
    if (bytes > room) {
      runs.push([]);
      room = MOST_BYTES - envelope;
    }
    runs.at(-1)?.push(task);
    room -= bytes;
  }
  return runs;
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
