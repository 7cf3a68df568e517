import { type ChecksumAlgorithm, elementOf, isChecksumAlgorithm } from '../checksums/checksum.ts';
import { announceCreated } from '../events.ts';
import type { Call } from '../protocol/call.ts';
import { readAttributes } from '../protocol/object-headers.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import type { StagedBody } from '../storage/body-store.ts';
import { copyBytes } from '../storage/copy-bytes.ts';
import type { ObjectAttributes, ObjectContent, StoredChecksum } from '../storage/records.ts';
import { conditionally } from './conditional-write.ts';
import { type CopySource, findSource, LARGEST_COPY, readCopySource, sourceVersionHeader } from './copy-source.ts';
import { type FoundObject, untilBodyStays, versionHeader } from './find-object.ts';

export async function copyObject(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const source = readCopySource(call);
  const given = readAttributes(call);
  const algorithm = requestedAlgorithm(call);
  refuseIdleCopy(call, source);
  return conditionally(call, async (check) => {
    const { found, attributes, body } = await untilBodyStays(async () => {
      const found = await findSource(call, source);
      return { found, attributes: combine(call, found, given), body: await copyBody(call, found, algorithm) };
    });
    const { staged, ...digests } = body;
    const content = { ...attributes, ...digests };
    const record = await context.objects.put(() => context.buckets.get(bucket), key, content, staged, check);
    await announceCreated(call, key, record, 'CopyObject');
    sendXml(call, copyResult('CopyObjectResult', digests.etag, record.modified, digests.checksum), {
      'x-amz-server-side-encryption': attributes.encryption,
      ...sourceVersionHeader(call, source, found),
      ...versionHeader(call, record.versionId),
    });
  });
}

/** The answer of CopyObject and of UploadPartCopy. */
export function copyResult(root: string, etag: string, modified: number, checksum: StoredChecksum | undefined): string {
  return document(
    root,
    element('ETag', `"${etag}"`) +
      element('LastModified', timestamp(modified)) +
      (checksum ? element(elementOf(checksum.algorithm), checksum.value) + element('ChecksumType', checksum.type) : ''),
  );
}

/** `x-amz-checksum-algorithm`. Throws InvalidRequest or NotImplemented. */
export function requestedAlgorithm(call: Call): ChecksumAlgorithm | undefined {
  const text = call.headers['x-amz-checksum-algorithm']?.toUpperCase();
  if (text === undefined) return undefined;
  if (text.startsWith('XXHASH')) throw notImplemented(`the checksum algorithm ${text}`);
  if (!isChecksumAlgorithm(text)) {
    throw new S3Error(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5]',
    );
  }
  return text;
}

/** Source attributes or given ones, as the two directives say. */
function combine(call: Call, { content }: FoundObject, given: ObjectAttributes): ObjectAttributes {
  const metadata = directive(call, 'x-amz-metadata-directive', 'Unknown metadata directive.');
  const tagging = directive(call, 'x-amz-tagging-directive', 'Unknown tagging directive.');
  const described = metadata === 'COPY' ? content : given;
  return {
    headers: described.headers,
    metadata: described.metadata,
    tags: tagging === 'COPY' ? content.tags : given.tags,
    storageClass: given.storageClass,
    encryption: given.encryption,
    ...(given.lock && { lock: given.lock }),
    ...(given.acl && { acl: given.acl }),
  };
}

function directive(call: Call, name: string, message: string): 'COPY' | 'REPLACE' {
  const value = call.headers[name] ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(name, value, message);
}

/** A copy of one part's bytes needs no reading; one of many parts becomes one part, with an ETag of its own. */
async function copyBody(
  { context }: Call,
  { content }: FoundObject,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Pick<ObjectContent, 'etag' | 'checksum'> & { readonly staged: StagedBody }> {
  const { body, checksum } = content;
  if (body.size > LARGEST_COPY) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
    );
  }
  const wanted = algorithm ?? checksum?.algorithm;
  if (content.partCount === undefined && wanted === checksum?.algorithm) {
    return { staged: await context.bodies.stageCopy(body), etag: content.etag, ...(checksum && { checksum }) };
  }
  const copied = await copyBytes(context.bodies, body, { start: 0, end: body.size }, wanted);
  const fresh =
    wanted !== undefined && copied.checksum !== undefined
      ? ({ algorithm: wanted, value: copied.checksum, type: 'FULL_OBJECT' } as const)
      : undefined;
  return { staged: copied.staged, etag: copied.md5, ...(fresh && { checksum: fresh }) };
}

function refuseIdleCopy(call: Call, source: CopySource): void {
  if (source.bucket !== call.bucket || source.key !== call.key || source.versionId !== undefined) return;
  const { headers } = call;
  const changes =
    headers['x-amz-metadata-directive'] === 'REPLACE' ||
    headers['x-amz-storage-class'] !== undefined ||
    headers['x-amz-server-side-encryption'] !== undefined;
  if (changes) return;
  throw new S3Error(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
