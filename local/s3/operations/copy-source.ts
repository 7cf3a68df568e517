import { refuseIfArchived } from '../protocol/archive.ts';
import type { Call } from '../protocol/call.ts';
import { evaluateCopySource } from '../protocol/conditions.ts';
import { decode } from '../protocol/target.ts';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import { isVersionId } from '../storage/version-id.ts';
import { demandContent, type FoundObject, lookUp } from './find-object.ts';

/** Largest source of CopyObject and of one UploadPartCopy, in bytes: 5 GiB. */
export const LARGEST_COPY = 5 * 1024 ** 3;

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** Reads `x-amz-copy-source`: `[/]bucket/key[?versionId=id]`, percent-encoded. */
export function readCopySource(call: Call): CopySource {
  const header = call.headers['x-amz-copy-source'] ?? '';
  if (header.startsWith('arn:')) throw notImplemented('copies from an access point');
  const question = header.indexOf('?');
  const path = decode(question < 0 ? header : header.slice(0, question));
  const resource = path.startsWith('/') ? path.slice(1) : path;
  const slash = resource.indexOf('/');
  const key = resource.slice(slash + 1);
  if (slash < 1 || key === '') {
    throw invalidArgument(
      'x-amz-copy-source',
      header,
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  const bucket = resource.slice(0, slash);
  if (question < 0) return { bucket, key };
  const versionId = /^versionId=(.+)$/.exec(header.slice(question + 1))?.[1];
  if (versionId === undefined || !isVersionId(versionId)) {
    throw invalidArgument('x-amz-copy-source', header, 'Invalid version id specified');
  }
  return { bucket, key, versionId };
}

/** Finds the source, whose conditions must hold. */
export async function findSource(call: Call, source: CopySource): Promise<FoundObject> {
  const { context, headers } = call;
  context.buckets.get(source.bucket);
  const record = await lookUp(context, source.bucket, source.key, source.versionId);
  if (source.versionId !== undefined && record !== undefined && record.content === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
  const found = demandContent(record, { key: source.key, versionId: source.versionId, method: 'GET' });
  refuseIfArchived(context, found.content, "Operation is not valid for the source object's storage class");
  evaluateCopySource(
    {
      ifMatch: headers['x-amz-copy-source-if-match'],
      ifNoneMatch: headers['x-amz-copy-source-if-none-match'],
      ifModifiedSince: headers['x-amz-copy-source-if-modified-since'],
      ifUnmodifiedSince: headers['x-amz-copy-source-if-unmodified-since'],
    },
    { etag: found.content.etag, modified: found.record.modified },
  );
  return found;
}

/** The header that says which version was read. */
export function sourceVersionHeader(call: Call, source: CopySource, found: FoundObject): Record<string, string> {
  const versioned = call.context.buckets.find(source.bucket)?.versioning !== undefined;
  return versioned ? { 'x-amz-copy-source-version-id': found.record.versionId } : {};
}
