import { DeleteObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { UNCHANGED } from '../../../core/operations/examination.ts';
import type { Operation, Task, TaskContext } from '../../../core/operations/operation.ts';
import { succeeded, type TaskResult } from '../../../core/operations/task-result.ts';
import { createS3DataClient } from '../../../core/s3/create-s3-data-client.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import { startS3, type TestS3 } from '../../local/s3/s3-harness.ts';
import { contextOf } from './task-context.ts';

/** A local S3 with what operations need to work on it. */
export interface LocalS3 {
  readonly s3: TestS3;
  /** Tries each request once. */
  readonly context: TaskContext;
  /** Puts an object with the SDK, under a key of its own unless one is given; the task for the version that was made. */
  put(object: Omit<PutObjectCommandInput, 'Key'> & { readonly Key?: string }): Promise<Task>;
  stop(): Promise<void>;
}

/** @param settings of the service: its clock. */
export async function startLocalS3(settings: Parameters<typeof startS3>[0] = {}): Promise<LocalS3> {
  const s3 = await startS3(settings);
  const connections = new Connections();
  const client = createS3DataClient({
    credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${s3.port}`,
    connections,
    patience: { attempts: 1 },
  });
  let keys = 0;
  return {
    s3,
    context: contextOf({ s3: client }),
    async put({ Key = `folder/a b+${++keys}.txt`, ...object }) {
      const { VersionId } = await s3.client.send(new PutObjectCommand({ Body: 'hello', ...object, Key }));
      return taskOf(object.Bucket ?? '', Key, VersionId);
    },
    async stop() {
      await connections.close();
      await s3.stop();
    },
  };
}

export function taskOf(bucket: string, key: string, versionId?: string): Task {
  return { bucket, key, manifestKey: key, taskId: '0-0', ...(versionId !== undefined && { versionId }) };
}

/** The task for whatever version of the object is the current one. */
export function current({ bucket, key }: Task): Task {
  return taskOf(bucket, key);
}

/** Carries a task out twice, as a part that runs again does: what the reports say. */
export async function twice<Parameters>(
  operation: Operation<Parameters>,
  task: Task,
  parameters: Parameters,
  context: TaskContext,
): Promise<[TaskResult, TaskResult]> {
  const first = await operation.execute(task, parameters, context);
  return [first, await operation.execute(task, parameters, context)];
}

export const SUCCESSFUL = succeeded();
export { UNCHANGED };

/** The report line of a failure of S3's. */
export function failedLine(httpStatus: number, errorCode: string, message: string): object {
  const begins = `${message} (Service: Amazon S3; Status Code: ${httpStatus}; Error Code: ${errorCode}; Request ID: `;
  return { status: 'failed', httpStatus, errorCode, message: expect.stringContaining(begins) };
}

export const NO_KEY = failedLine(404, 'NoSuchKey', 'The specified key does not exist.');
export const NO_VERSION = failedLine(404, 'NoSuchVersion', 'The specified version does not exist.');
export const NO_BUCKET = failedLine(404, 'NoSuchBucket', 'The specified bucket does not exist');
export const BAD_VERSION = failedLine(400, 'InvalidArgument', 'Invalid version id specified');
export const DELETE_MARKER = failedLine(
  405,
  'MethodNotAllowed',
  'The specified method is not allowed against this resource.',
);

/**
 * Carries the operation out on objects that are not there, in a bucket that keeps versions.
 *
 * @param readsFirst whether its first request is a GET: then a current delete marker is a key that is not there.
 */
export async function expectMissing<Parameters>(
  operation: Operation<Parameters>,
  parameters: Parameters,
  { s3, context, put }: LocalS3,
  { bucket, readsFirst = false }: { readonly bucket: string; readonly readsFirst?: boolean },
): Promise<void> {
  const there = await put({ Bucket: bucket });
  const marked = await put({ Bucket: bucket });
  const { VersionId: marker } = await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: marked.key }));
  const expected: readonly (readonly [string, Task, object])[] = [
    ['no key', taskOf(bucket, 'not/there'), NO_KEY],
    ['no version', taskOf(bucket, there.key, 'v'.repeat(32)), NO_VERSION],
    ['no version id', taskOf(bucket, there.key, 'v1'), BAD_VERSION],
    ['no bucket', taskOf('no-such-bucket', there.key), NO_BUCKET],
    ['a current delete marker', current(marked), readsFirst ? NO_KEY : DELETE_MARKER],
    ['a delete marker', taskOf(bucket, marked.key, marker), DELETE_MARKER],
  ];
  for (const [what, task, line] of expected) {
    expect([what, await operation.execute(task, parameters, context)]).toEqual([what, line]);
    expect([what, await operation.examine(task, parameters, context)]).toMatchObject([what, { finding: 'failure' }]);
  }
}
