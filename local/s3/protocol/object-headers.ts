import { headerOf } from '../checksums/checksum.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { ObjectAttributes, ObjectContent } from '../storage/records.ts';
import { readObjectAcl } from './acl-headers.ts';
import type { Call } from './call.ts';
import { encryptionHeaders, readEncryption } from './encryption-headers.ts';
import { lockHeaders, readLock } from './lock-headers.ts';
import type { Headers } from './respond.ts';
import { parseTagHeader } from './tag-set.ts';
import { readWebsiteRedirect, WEBSITE_REDIRECT } from './website-redirect.ts';

/** System metadata that the user controls. Source: "Working with object metadata", User Guide. */
const CONTENT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const;
const USER_METADATA = 'x-amz-meta-';
/** Bytes of names and values of user metadata in one request. */
const LARGEST_METADATA = 2048;
const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);
/** Headers that ask for what is not there yet. */
const UNSUPPORTED = ['x-amz-write-offset-bytes', 'x-amz-checksum-xxhash', 'x-amz-annotation-name'];

/** What the headers of PutObject, CopyObject or CreateMultipartUpload say about the object. Throws S3's errors. */
export function readAttributes(call: Call): ObjectAttributes {
  const { headers } = call;
  refuseUnsupported(headers);
  const bucket = call.context.buckets.get(call.bucket);
  const acl = readObjectAcl(call, bucket);
  const websiteRedirect = readWebsiteRedirect(call);
  const tagging = headers['x-amz-tagging'];
  return {
    headers: contentHeaders(headers),
    metadata: userMetadata(headers),
    tags: tagging === undefined ? [] : parseTagHeader(tagging),
    storageClass: readStorageClass(headers),
    ...readLock(call),
    encryption: readEncryption(call, bucket),
    ...(acl && { acl }),
    ...(websiteRedirect !== undefined && { websiteRedirect }),
  };
}

/** What GetObject and HeadObject say about an object, save for its length. */
export function describeObject(content: ObjectContent, modified: number): Headers {
  const described: Headers = {
    etag: `"${content.etag}"`,
    'last-modified': new Date(modified).toUTCString(),
    'accept-ranges': 'bytes',
    ...encryptionHeaders(content.encryption),
    ...lockHeaders(content.lock),
    ...content.headers,
  };
  for (const [name, value] of Object.entries(content.metadata)) described[USER_METADATA + name] = value;
  if (content.websiteRedirect !== undefined) described[WEBSITE_REDIRECT] = content.websiteRedirect;
  if (content.storageClass !== 'STANDARD') described['x-amz-storage-class'] = content.storageClass;
  if (content.tags.length > 0) described['x-amz-tagging-count'] = content.tags.length;
  return described;
}

/** The headers that give a checksum back. */
export function checksumHeaders(content: Pick<ObjectContent, 'checksum'>): Headers {
  if (content.checksum === undefined) return {};
  const { algorithm, value, type } = content.checksum;
  return { [headerOf(algorithm)]: value, 'x-amz-checksum-type': type };
}

/** Throws for headers that this server cannot honour. */
export function refuseUnsupported(headers: Call['headers']): void {
  for (const name in headers) {
    if (!name.startsWith('x-amz-')) continue;
    if (UNSUPPORTED.some((prefix) => name.startsWith(prefix))) throw notImplemented(`the header ${name}`);
  }
}

function contentHeaders(headers: Call['headers']): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of CONTENT_HEADERS) {
    const value = name === 'content-encoding' ? withoutAwsChunked(headers[name]) : headers[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

function withoutAwsChunked(encoding: string | undefined): string | undefined {
  const codings = encoding?.split(',').map((coding) => coding.trim());
  return codings?.filter((coding) => coding !== 'aws-chunked').join(',');
}

function userMetadata(headers: Call['headers']): Record<string, string> {
  const metadata: [string, string][] = [];
  let size = 0;
  for (const name in headers) {
    if (!name.startsWith(USER_METADATA)) continue;
    const value = headers[name] ?? '';
    const short = name.slice(USER_METADATA.length);
    size += short.length + value.length;
    metadata.push([short, value]);
  }
  if (size > LARGEST_METADATA) {
    throw new S3Error('MetadataTooLarge', undefined, {
      Size: String(size),
      MaxSizeAllowed: String(LARGEST_METADATA),
    });
  }
  return Object.fromEntries(metadata);
}

function readStorageClass(headers: Call['headers']): string {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) throw new S3Error('InvalidStorageClass');
  return storageClass;
}
