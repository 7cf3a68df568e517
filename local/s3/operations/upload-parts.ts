import { randomBytes } from 'node:crypto';
import { canCoverFullObject, headerOf } from '../checksums/checksum.ts';
import type { Call } from '../protocol/call.ts';
import { encryptionHeaders, etagOf, refuseEncryptionHeaders } from '../protocol/encryption-headers.ts';
import { demandLockIntegrity } from '../protocol/lock-headers.ts';
import { readAttributes, refuseUnsupported } from '../protocol/object-headers.ts';
import { receiveBody } from '../protocol/payload.ts';
import { readClaims } from '../protocol/payload-claims.ts';
import { type Headers, sendEmpty, sendXml } from '../protocol/respond.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import { copyBytes } from '../storage/copy-bytes.ts';
import type { StoredChecksum, UploadRecord } from '../storage/records.ts';
import { nextSequence } from '../storage/sequence.ts';
import { copyResult, requestedAlgorithm } from './copy-object.ts';
import { findSource, LARGEST_COPY, readCopySource, sourceVersionHeader } from './copy-source.ts';
import { untilBodyStays } from './find-object.ts';
import { fullObject } from './put-object.ts';

const MOST_PARTS = 10_000;
const COPY_RANGE = /^bytes=(\d+)-(\d+)$/;

export async function createMultipartUpload(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const upload: UploadRecord = {
    ...readAttributes(call),
    ...readChecksumPlan(call),
    // Begins with the time, so that uploads of a key are listed in the order of their beginning.
    uploadId: nextSequence().toString(36).padStart(11, '0') + randomBytes(24).toString('hex'),
    bucket,
    key,
    initiated: Date.now(),
  };
  await context.uploads.begin(upload);
  const names = element('Bucket', bucket) + element('Key', key) + element('UploadId', upload.uploadId);
  sendXml(call, document('InitiateMultipartUploadResult', names), {
    ...encryptionHeaders(upload.encryption),
    ...(upload.checksumAlgorithm && { 'x-amz-checksum-algorithm': upload.checksumAlgorithm }),
    ...(upload.checksumType && { 'x-amz-checksum-type': upload.checksumType }),
  });
}

export async function uploadPart(call: Call): Promise<void> {
  const { upload, number } = findUpload(call);
  refuseUnsupported(call.headers);
  refuseEncryptionHeaders(call);
  if (call.headers['x-amz-copy-source'] !== undefined) return uploadPartCopy(call, upload, number);
  const { uploads } = call.context;
  demandLockIntegrity(call, upload.lock, 'Put Part');
  checkPartChecksum(upload, readClaims(call).checksum?.algorithm);
  const { staged, md5, checksum } = await receiveBody(call, upload.checksumAlgorithm);
  const stored = checksum && fullObject(checksum);
  const etag = etagOf(upload.encryption, md5);
  await uploads.putPart(upload, partRecord(number, etag, stored), staged);
  sendEmpty(call, 200, {
    etag: `"${etag}"`,
    ...encryptionHeaders(upload.encryption),
    ...partChecksumHeader(stored),
  });
}

async function uploadPartCopy(call: Call, upload: UploadRecord, number: number): Promise<void> {
  const { bodies, uploads } = call.context;
  const source = readCopySource(call);
  const { found, copied } = await untilBodyStays(async () => {
    const found = await findSource(call, source);
    const range = copyRange(call, found.content.body.size);
    return { found, copied: await copyBytes(bodies, found.content.body, range, upload.checksumAlgorithm) };
  });
  const algorithm = upload.checksumAlgorithm;
  const { checksum: value } = copied;
  const checksum = algorithm !== undefined && value !== undefined ? fullObject({ algorithm, value }) : undefined;
  const etag = etagOf(upload.encryption, copied.md5);
  const part = await uploads.putPart(upload, partRecord(number, etag, checksum), copied.staged);
  sendXml(call, copyResult('CopyPartResult', etag, part.modified, checksum), {
    ...encryptionHeaders(upload.encryption),
    ...sourceVersionHeader(call, source, found),
  });
}

function partRecord(number: number, etag: string, checksum: StoredChecksum | undefined) {
  return { number, etag, modified: Date.now(), ...(checksum && { checksum }) };
}

function findUpload(call: Call): { upload: UploadRecord; number: number } {
  const { context, bucket, key, query } = call;
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > MOST_PARTS) {
    throw invalidArgument('partNumber', text, 'Part number must be an integer between 1 and 10000, inclusive');
  }
  context.buckets.get(bucket);
  return { upload: context.uploads.get(bucket, key, query.get('uploadId') ?? ''), number };
}

function readChecksumPlan(call: Call): Pick<UploadRecord, 'checksumAlgorithm' | 'checksumType'> {
  const algorithm = requestedAlgorithm(call);
  const type = call.headers['x-amz-checksum-type']?.toUpperCase();
  if (type !== undefined && type !== 'COMPOSITE' && type !== 'FULL_OBJECT') {
    throw new S3Error('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.');
  }
  if (algorithm === undefined) {
    if (type === undefined) return {};
    throw new S3Error(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = chosen === 'FULL_OBJECT' ? canCoverFullObject(algorithm) : algorithm !== 'CRC64NVME';
  if (possible) return { checksumAlgorithm: algorithm, checksumType: chosen };
  throw new S3Error(
    'InvalidRequest',
    `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

function checkPartChecksum(upload: UploadRecord, sent: string | undefined): void {
  const expected = upload.checksumAlgorithm;
  if (expected === undefined || sent === expected) return;
  // The whole object's CRC needs the part's own, which S3 computes itself if it is not sent.
  if (sent === undefined && upload.checksumType === 'FULL_OBJECT') return;
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
  );
}

function partChecksumHeader(checksum: StoredChecksum | undefined): Headers {
  return checksum ? { [headerOf(checksum.algorithm)]: checksum.value } : {};
}

function copyRange(call: Call, size: number): { start: number; end: number } {
  const header = call.headers['x-amz-copy-source-range'];
  const match = header === undefined ? undefined : COPY_RANGE.exec(header);
  if (match === null || Number(match?.[1] ?? 0) > Number(match?.[2] ?? 0)) {
    throw invalidArgument(
      'x-amz-copy-source-range',
      header ?? '',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  const range = match === undefined ? { start: 0, end: size } : { start: Number(match[1]), end: Number(match[2]) + 1 };
  if (header !== undefined && range.start >= size) {
    throw new S3Error('InvalidRequest', 'The specified copy range is invalid for the source object size');
  }
  if (range.end > size) {
    throw invalidArgument(
      'x-amz-copy-source-range',
      header ?? '',
      `Range specified is not valid for source object of size: ${size}`,
    );
  }
  if (range.end - range.start > LARGEST_COPY) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
    );
  }
  return range;
}
