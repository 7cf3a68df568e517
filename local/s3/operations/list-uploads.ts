import { elementOf } from '../checksums/checksum.ts';
import type { Call } from '../protocol/call.ts';
import { owner } from '../protocol/owner.ts';
import { sendXml } from '../protocol/respond.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { escapeKey, keyOfEntry, past, uploadEntry, uploadsOf } from '../storage/index-keys.ts';
import { commonPrefixOf, type WalkOptions, walkKeys } from '../storage/key-walk.ts';
import type { UploadRecord } from '../storage/records.ts';
import { readCount, readEncoding } from './page.ts';

export async function listParts(call: Call): Promise<void> {
  const { context, bucket, key, query } = call;
  context.buckets.get(bucket);
  const uploadId = query.get('uploadId') ?? '';
  const upload = context.uploads.get(bucket, key, uploadId);
  const encode = readEncoding(query);
  const most = readCount(query, 'max-parts');
  const marker = readCount(query, 'part-number-marker', 10_000);
  const after = query.has('part-number-marker') ? marker : 0;
  const found = await context.uploads.parts(uploadId, after, most + 1);
  const page = found.slice(0, most);
  const parts = page.map(
    (part) =>
      `<Part>${element('PartNumber', part.number)}${element('LastModified', timestamp(part.modified))}${element('ETag', `"${part.etag}"`)}${element('Size', part.body.size)}${part.checksum ? element(elementOf(part.checksum.algorithm), part.checksum.value) : ''}</Part>`,
  );
  const who = owner(context.identity.account);
  sendXml(
    call,
    document(
      'ListPartsResult',
      element('Bucket', bucket) +
        element('Key', encode(key)) +
        element('UploadId', uploadId) +
        who.replaceAll('Owner>', 'Initiator>') +
        who +
        element('StorageClass', upload.storageClass) +
        element('PartNumberMarker', after) +
        element('NextPartNumberMarker', page.at(-1)?.number ?? 0) +
        element('MaxParts', most) +
        element('IsTruncated', found.length > page.length) +
        element('ChecksumAlgorithm', upload.checksumAlgorithm) +
        element('ChecksumType', upload.checksumType) +
        parts.join(''),
    ),
  );
}

type Found =
  | { readonly kind: 'upload'; readonly upload: UploadRecord }
  | { readonly kind: 'prefix'; readonly commonPrefix: string };

export async function listMultipartUploads(call: Call): Promise<void> {
  const { context, bucket, query } = call;
  context.buckets.get(bucket);
  const encode = readEncoding(query);
  const most = readCount(query, 'max-uploads');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const found = await readPage(call, prefix, delimiter, most + 1);
  const page = found.slice(0, most);
  const truncated = most > 0 && found.length > page.length;
  const last = page.at(-1);
  const next = last?.kind === 'upload' ? last.upload.key : (last?.commonPrefix ?? '');
  const who = owner(context.identity.account);
  sendXml(
    call,
    document(
      'ListMultipartUploadsResult',
      element('Bucket', bucket) +
        element('KeyMarker', encode(query.get('key-marker') ?? '')) +
        element('UploadIdMarker', query.get('upload-id-marker') ?? '') +
        (truncated ? element('NextKeyMarker', encode(next)) : '') +
        (truncated && last?.kind === 'upload' ? element('NextUploadIdMarker', last.upload.uploadId) : '') +
        element('Prefix', encode(prefix)) +
        element('Delimiter', delimiter === '' ? undefined : encode(delimiter)) +
        element('EncodingType', query.get('encoding-type')) +
        element('MaxUploads', most) +
        element('IsTruncated', truncated) +
        page.map((one) => describe(one, encode, who)).join(''),
    ),
  );
}

function describe(found: Found, encode: (key: string) => string, who: string): string {
  if (found.kind === 'prefix')
    return `<CommonPrefixes>${element('Prefix', encode(found.commonPrefix))}</CommonPrefixes>`;
  const { upload } = found;
  return `<Upload>${element('Key', encode(upload.key))}${element('UploadId', upload.uploadId)}${who.replaceAll('Owner>', 'Initiator>')}${who}${element('StorageClass', upload.storageClass)}${element('Initiated', timestamp(upload.initiated))}${element('ChecksumAlgorithm', upload.checksumAlgorithm)}${element('ChecksumType', upload.checksumType)}</Upload>`;
}

async function readPage(call: Call, prefix: string, delimiter: string, most: number): Promise<Found[]> {
  const space = uploadsOf(call.bucket);
  const from = findStart(call, prefix, delimiter);
  const walk = walkKeys(call.context.database, {
    space,
    keyOf: (entry) => keyOfEntry(space, entry),
    encode: escapeKey,
    prefix,
    delimiter,
    ...(from && { from }),
  });
  const found: Found[] = [];
  for await (const step of walk) {
    found.push(step.kind === 'prefix' ? step : { kind: 'upload', upload: JSON.parse(step.text) as UploadRecord });
    if (found.length >= most) break;
  }
  return found;
}

function findStart({ bucket, query }: Call, prefix: string, delimiter: string): WalkOptions['from'] {
  const key = query.get('key-marker') ?? '';
  if (key === '') return undefined;
  const covering = key.startsWith(prefix) ? commonPrefixOf(key, prefix, delimiter) : undefined;
  if (covering !== undefined) return { entry: past(uploadsOf(bucket) + escapeKey(covering)), inclusive: true };
  const uploadId = query.get('upload-id-marker') ?? '';
  if (uploadId !== '') return { entry: uploadEntry(bucket, key, uploadId), inclusive: false };
  return { entry: past(uploadEntry(bucket, key, '')), inclusive: true };
}
