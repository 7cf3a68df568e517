import { type ChecksumAlgorithm, DEFAULT_ALGORITHM, elementOf, isChecksumAlgorithm } from '../checksums/checksum.ts';
import { announceCreated } from '../events.ts';
import type { Call } from '../protocol/call.ts';
import { encryptionHeaders, etagOf } from '../protocol/encryption-headers.ts';
import { readAttributes } from '../protocol/object-headers.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import type { StagedBody } from '../storage/body-store.ts';
import { copyBytes } from '../storage/copy-bytes.ts';
import type { Encryption, ObjectAttributes, ObjectContent, StoredChecksum } from '../storage/records.ts';
import { conditionally } from './conditional-write.ts';
import { type CopySource, findSource, LARGEST_COPY, readCopySource, sourceVersionHeader } from './copy-source.ts';
import { type FoundObject, untilBodyStays, versionHeader } from './find-object.ts';

export async function copyObject(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const source = readCopySource(call);
  const given = readAttributes(call);
  const algorithm = requestedAlgorithm(call);
  return conditionally(call, async (check) => {
    const { found, attributes, body } = await untilBodyStays(async () => {
      const found = await findSource(call, source);
      refuseIdleCopy(call, source, found);
      const attributes = combine(call, found, given);
      return { found, attributes, body: await copyBody(call, found, attributes.encryption, algorithm) };
    });
    const { staged, ...digests } = body;
    const content = { ...attributes, ...digests };
    const record = await context.objects.put(() => context.buckets.get(bucket), key, content, staged, check);
    await announceCreated(call, key, record, 'CopyObject');
    sendXml(call, copyResult('CopyObjectResult', digests.etag, record.modified, digests.checksum), {
      ...encryptionHeaders(attributes.encryption),
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

/**
 * What was given, but for what the two directives take from the source. There are no annotations to copy, nor any to
 * leave out, so that directive is only checked.
 */
function combine(call: Call, { content }: FoundObject, given: ObjectAttributes): ObjectAttributes {
  const metadata = directive(call, 'metadata', ['COPY', 'REPLACE']);
  const tagging = directive(call, 'tagging', ['COPY', 'REPLACE']);
  directive(call, 'annotation', ['COPY', 'EXCLUDE']);
  const described = metadata === 'COPY' ? content : given;
  const tags = tagging === 'COPY' ? content.tags : given.tags;
  return { ...given, headers: described.headers, metadata: described.metadata, tags };
}

function directive(call: Call, subject: string, known: readonly string[]): string {
  const name = `x-amz-${subject}-directive`;
  const value = call.headers[name] ?? 'COPY';
  if (known.includes(value)) return value;
  throw invalidArgument(name, value, `Unknown ${subject} directive.`);
}

/** A copy of one part's bytes needs no reading; one of many parts becomes one part, with an ETag of its own. */
async function copyBody(
  { context }: Call,
  { content }: FoundObject,
  encryption: Encryption,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Pick<ObjectContent, 'etag' | 'checksum'> & { readonly staged: StagedBody }> {
  const { body, checksum } = content;
  if (body.size > LARGEST_COPY) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
    );
  }
  const wanted = algorithm ?? checksum?.algorithm ?? DEFAULT_ALGORITHM;
  // The ETag of an object that KMS encrypts does not tell the MD5 that the copy needs.
  const md5IsKnown = encryption !== 'AES256' || content.encryption === 'AES256';
  if (content.partCount === undefined && wanted === checksum?.algorithm && md5IsKnown) {
    const staged = await context.bodies.stageCopy(body);
    return { staged, etag: etagOf(encryption, content.etag), ...(checksum && { checksum }) };
  }
  const copied = await copyBytes(context.bodies, body, { start: 0, end: body.size }, wanted);
  const fresh =
    copied.checksum !== undefined
      ? ({ algorithm: wanted, value: copied.checksum, type: 'FULL_OBJECT' } as const)
      : undefined;
  return { staged: copied.staged, etag: etagOf(encryption, copied.md5), ...(fresh && { checksum: fresh }) };
}

/** What was said counts, not whether it differs; an ACL or tags alone do not. */
function refuseIdleCopy(call: Call, source: CopySource, { content }: FoundObject): void {
  if (source.bucket !== call.bucket || source.key !== call.key || source.versionId !== undefined) return;
  const { headers } = call;
  const changes =
    headers['x-amz-metadata-directive'] === 'REPLACE' ||
    headers['x-amz-storage-class'] !== undefined ||
    headers['x-amz-website-redirect-location'] !== undefined ||
    headers['x-amz-server-side-encryption'] !== undefined ||
    call.context.buckets.get(call.bucket).encryption !== undefined ||
    content.encryption !== 'AES256';
  if (changes) return;
  throw new S3Error(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
