import type { Call, S3Context } from '../protocol/call.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import { BodyGone } from '../storage/body-store.ts';
import type { ObjectContent, ObjectRecord } from '../storage/records.ts';
import { isVersionId } from '../storage/version-id.ts';

/** A version that is an object, not a delete marker. */
export interface FoundObject {
  readonly record: ObjectRecord;
  readonly content: ObjectContent;
}

/** The `versionId` parameter. Throws InvalidArgument for what cannot be one. */
export function requestedVersion(call: Call): string | undefined {
  const versionId = call.query.get('versionId');
  if (versionId === '') throw invalidArgument('versionId', '', 'Version id cannot be the empty string');
  if (versionId !== undefined && !isVersionId(versionId)) {
    throw invalidArgument('versionId', versionId, 'Invalid version id specified');
  }
  return versionId;
}

/** The object that a request names. Throws NoSuchBucket, NoSuchKey, NoSuchVersion or, for delete markers, MethodNotAllowed. */
export async function findObject(call: Call): Promise<FoundObject> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const versionId = requestedVersion(call);
  const record = await lookUp(context, bucket, key, versionId);
  return demandContent(record, { key, versionId, method: call.request.method ?? 'GET' });
}

export async function lookUp(
  context: S3Context,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Promise<ObjectRecord | undefined> {
  return versionId === undefined
    ? context.objects.current(bucket, key)
    : context.objects.version(bucket, key, versionId);
}

/** Tells an object from what is not there and from a delete marker, with the error S3 has for each. */
export function demandContent(
  record: ObjectRecord | undefined,
  asked: { readonly key: string; readonly versionId: string | undefined; readonly method: string },
): FoundObject {
  const { key, versionId, method } = asked;
  if (record?.content !== undefined) return { record, content: record.content };
  if (record === undefined) {
    if (versionId === undefined) throw new S3Error('NoSuchKey', undefined, { Key: key });
    throw new S3Error('NoSuchVersion', undefined, { Key: key, VersionId: versionId });
  }
  const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': record.versionId };
  if (versionId === undefined && (method === 'GET' || method === 'HEAD')) {
    throw new S3Error('NoSuchKey', undefined, { Key: key }, marker);
  }
  throw new S3Error(
    'MethodNotAllowed',
    undefined,
    { Method: method, ResourceType: 'DeleteMarker' },
    { ...marker, allow: 'DELETE', 'last-modified': new Date(record.modified).toUTCString() },
  );
}

/** `x-amz-version-id`, which only buckets that have known versioning give. */
export function versionHeader(call: Call, versionId: string): Record<string, string> {
  const versioned = call.context.buckets.find(call.bucket)?.versioning !== undefined;
  return versioned ? { 'x-amz-version-id': versionId } : {};
}

/** Does the work again, from the record on, when a writer took the body away under it. */
export async function untilBodyStays<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BodyGone)) throw error;
    }
  }
}
