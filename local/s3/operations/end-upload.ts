import { createHash } from 'node:crypto';
import {
  CHECKSUM_ALGORITHMS,
  compositeChecksum,
  elementOf,
  fullObjectChecksum,
  headerOf,
} from '../checksums/checksum.ts';
import { announceCreated } from '../events.ts';
import type { Call } from '../protocol/call.ts';
import { encryptionHeaders } from '../protocol/encryption-headers.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { checksumHeader } from '../protocol/payload-claims.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { S3Error } from '../s3-error.ts';
import type { WriteCheck } from '../storage/object-store.ts';
import type { ObjectAttributes, ObjectRecord, PartRecord, StoredChecksum, UploadRecord } from '../storage/records.ts';
import { conditionally } from './conditional-write.ts';
import { versionHeader } from './find-object.ts';

/** Bytes that every part but the last must have: 5 MiB. Source: "Amazon S3 multipart upload limits", User Guide. */
const SMALLEST_PART = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** A part as the client lists it. */
interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
}

export async function abortMultipartUpload(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  await call.context.uploads.abort(call.bucket, call.key, uploadIdOf(call));
  sendEmpty(call, 204);
}

export async function completeMultipartUpload(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const named = readNamedParts(await receiveDocument(withoutObjectChecksum(call)));
  return conditionally(call, async (check) => {
    const record = await context.uploads.exclusively(uploadIdOf(call), async () => {
      const before = completedBefore(call, named);
      if (before !== undefined) return before;
      const made = await compose(call, named, check);
      await announceCreated(call, key, made, 'CompleteMultipartUpload');
      return made;
    });
    const checksum = record.content?.checksum;
    sendXml(
      call,
      document(
        'CompleteMultipartUploadResult',
        element('Location', `http://${call.headers.host ?? 'localhost'}/${bucket}/${encodeURIComponent(key)}`) +
          element('Bucket', bucket) +
          element('Key', key) +
          element('ETag', `"${record.content?.etag}"`) +
          (checksum
            ? element(elementOf(checksum.algorithm), checksum.value) + element('ChecksumType', checksum.type)
            : ''),
      ),
      {
        ...(record.content && encryptionHeaders(record.content.encryption)),
        ...versionHeader(call, record.versionId),
      },
    );
  });
}

/**
 * The object that the same request made before: a client that saw no answer may ask again, and S3 gives the same answer
 * then, here as long as the object is the newest of its key.
 */
function completedBefore(call: Call, named: readonly NamedPart[]): ObjectRecord | undefined {
  const current = call.context.objects.current(call.bucket, call.key);
  const { uploadId, etag } = current?.content ?? {};
  return uploadId !== undefined && uploadId === uploadIdOf(call) && etag === composedEtag(named) ? current : undefined;
}

/** Turns the parts into an object; no byte is moved. */
async function compose(call: Call, named: readonly NamedPart[], check: WriteCheck): Promise<ObjectRecord> {
  const { objects, bodies, uploads, buckets } = call.context;
  const upload = uploads.get(call.bucket, call.key, uploadIdOf(call));
  const parts = choose(upload, named, await uploads.parts(upload.uploadId));
  checkSize(call, parts);
  const checksum = wholeChecksum(upload, named, parts);
  checkClaimedChecksum(call, checksum);
  const { changes, unused } = await uploads.ending(upload, new Set(parts.map((part) => part.number)));
  const released = unused.map((body) => bodies.release(body));
  const record = await objects.put(
    () => buckets.get(call.bucket),
    call.key,
    {
      ...attributesOf(upload),
      etag: composedEtag(parts),
      partCount: parts.length,
      uploadId: upload.uploadId,
      ...(checksum && { checksum }),
    },
    bodies.stageComposition(
      parts.map(({ number, body, checksum }) => ({ number, body, ...(checksum && { checksum }) })),
    ),
    check,
    [...changes, ...released.flatMap((one) => one.changes)],
  );
  await bodies.unlink(released.flatMap((one) => one.files));
  return record;
}

/** What the upload was begun with, for the object. */
function attributesOf(upload: UploadRecord): ObjectAttributes {
  const { uploadId, bucket, key, initiated, checksumAlgorithm, checksumType, ...attributes } = upload;
  return attributes;
}

function choose(upload: UploadRecord, named: readonly NamedPart[], stored: readonly PartRecord[]): PartRecord[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const chosen = named.map(({ number, etag, checksums }, n) => {
    const details = { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag };
    if (number <= (named[n - 1]?.number ?? 0)) throw new S3Error('InvalidPartOrder', undefined, details);
    const part = byNumber.get(number);
    if (part === undefined || part.etag !== etag) throw new S3Error('InvalidPart', undefined, details);
    const claimed = part.checksum && checksums[elementOf(part.checksum.algorithm)];
    if (claimed !== undefined && claimed !== part.checksum?.value) throw new S3Error('InvalidPart', undefined, details);
    return part;
  });
  const small = chosen.slice(0, -1).find((part) => part.body.size < SMALLEST_PART);
  if (small === undefined) return chosen;
  throw new S3Error('EntityTooSmall', undefined, {
    ProposedSize: String(small.body.size),
    MinSizeAllowed: String(SMALLEST_PART),
    PartNumber: String(small.number),
    ETag: small.etag,
  });
}

function checkSize(call: Call, parts: readonly PartRecord[]): void {
  const claimed = call.headers['x-amz-mp-object-size'];
  const size = parts.reduce((sum, part) => sum + part.body.size, 0);
  if (claimed === undefined || Number(claimed) === size) return;
  throw new S3Error(
    'InvalidRequest',
    `The provided 'x-amz-mp-object-size' header value ${claimed} does not match what was computed: ${size}`,
  );
}

function wholeChecksum(
  upload: UploadRecord,
  named: readonly NamedPart[],
  parts: readonly PartRecord[],
): StoredChecksum | undefined {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (algorithm === undefined || type === undefined) return undefined;
  const missing = named.find((part) => part.checksums[elementOf(algorithm)] === undefined);
  if (type === 'COMPOSITE' && missing !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${missing.number} in the request.`,
    );
  }
  const values = parts.map((part) => ({ value: part.checksum?.value ?? '', size: part.body.size }));
  const value =
    type === 'FULL_OBJECT'
      ? fullObjectChecksum(algorithm, values)
      : compositeChecksum(
          algorithm,
          values.map((part) => part.value),
        );
  return { algorithm, value, type };
}

/** A checksum header of CompleteMultipartUpload speaks of the whole object, not of the request document. */
function checkClaimedChecksum(call: Call, whole: StoredChecksum | undefined): void {
  const type = call.headers['x-amz-checksum-type'];
  if (type !== undefined && whole !== undefined && type !== whole.type) {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using the ${whole.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const claimed = checksumHeader(call.headers);
  if (claimed === undefined || whole === undefined || claimed.algorithm !== whole.algorithm) return;
  const composite = whole.type === 'COMPOSITE' ? whole.value.replace(/-\d+$/, '') : whole.value;
  if (claimed.value === whole.value || claimed.value === composite) return;
  throw new S3Error(
    'BadDigest',
    `The ${whole.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

function withoutObjectChecksum(call: Call): Call {
  const claimed = checksumHeader(call.headers);
  return claimed === undefined
    ? call
    : { ...call, headers: { ...call.headers, [headerOf(claimed.algorithm)]: undefined } };
}

function composedEtag(parts: readonly { readonly etag: string }[]): string {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'));
  return `${md5.digest('hex')}-${parts.length}`;
}

function readNamedParts(text: string): NamedPart[] {
  const parts = readDocument(text, 'CompleteMultipartUpload').children.filter((child) => child.name === 'Part');
  if (parts.length === 0 || parts.length > MOST_PARTS) throw malformed();
  return parts.map(readNamedPart);
}

function readNamedPart(part: XmlElement): NamedPart {
  const number = Number(textOf(part, 'PartNumber') ?? Number.NaN);
  const etag = textOf(part, 'ETag');
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS || etag === undefined) throw malformed();
  const checksums = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = textOf(part, elementOf(algorithm));
    return value === undefined ? [] : [[elementOf(algorithm), value] as const];
  });
  return { number, etag: etag.replace(/^"(.*)"$/, '$1'), checksums: Object.fromEntries(checksums) };
}

function uploadIdOf(call: Call): string {
  return call.query.get('uploadId') ?? '';
}
