import { ListObjectVersionsCommand, PutObjectLegalHoldCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import type { Task, TaskContext } from '../../../../core/operations/operation.ts';
import type { S3DataClient } from '../../../../core/s3/s3-data-client.ts';
import type { S3Request } from '../../../../core/s3/s3-request.ts';
import { failedLine, type LocalS3 } from '../local-s3.ts';

/** The version id of no version. */
export const ABSENT = 'v'.repeat(32);

export const LOCKED = failedLine(403, 'AccessDenied', 'Access Denied because object protected by object lock.');

/** The versions of a bucket's keys that begin so, as `key version`, then its markers, as `key marker`. */
export async function versionsOf({ s3 }: LocalS3, Bucket: string, Prefix: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  return [...Versions.map(({ Key }) => `${Key} version`), ...DeleteMarkers.map(({ Key }) => `${Key} marker`)];
}

/** A context whose S3 keeps what it was asked. */
export function watched(context: TaskContext): { requests: S3Request[]; context: TaskContext } {
  const requests: S3Request[] = [];
  const send: S3DataClient['send'] = (request, signal) => {
    requests.push(request);
    return context.s3.send(request, signal);
  };
  return { requests, context: { ...context, s3: { send } } };
}

/** An object in a bucket of its own that keeps it: under governance retention for a day, or under legal hold. */
export async function locked(local: LocalS3, by: 'retention' | 'legal hold'): Promise<Task> {
  const task = await local.put({ Bucket: await local.s3.bucket({ objectLock: true }) });
  const version = { Bucket: task.bucket, Key: task.key, VersionId: task.versionId };
  if (by === 'legal hold') {
    await local.s3.client.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: 'ON' } }));
    return task;
  }
  const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: new Date(Date.now() + 86_400_000) };
  await local.s3.client.send(new PutObjectRetentionCommand({ ...version, Retention }));
  return task;
}
