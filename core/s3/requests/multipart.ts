import { sha256 } from '../../signed-http/signature.ts';
import type { S3Object, S3Request } from '../s3-request.ts';
import { elementText, escapeXml } from '../xml-text.ts';
import { childrenOf, childText, type XmlNode, xmlTree } from '../xml-tree.ts';
import { COPY_TIMEOUT, type CopyTarget, copySource } from './copy-object.ts';

type Headers = Readonly<Record<string, string>>;

/** A part that S3 has. */
export interface UploadedPart {
  readonly number: number;
  /** With its quotes. */
  readonly etag: string;
  /** Bytes; undefined where S3 did not say. */
  readonly size?: number | undefined;
  /** Its checksums, by the name of their element: `ChecksumSHA256`. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** CompleteMultipartUpload of ten thousand parts takes S3 minutes (S3 API reference). */
const COMPLETE_TIMEOUT = COPY_TIMEOUT;

/** CreateMultipartUpload, S3 API reference. */
export function createMultipartUploadRequest({ bucket, key }: CopyTarget, headers: Headers): S3Request {
  return { method: 'POST', bucket, key, query: { uploads: '' }, headers };
}

/** The upload's id in an answer of CreateMultipartUpload; undefined if it has none. */
export function uploadIdIn(document: string): string | undefined {
  return elementText(document, 'UploadId') || undefined;
}

/**
 * Copies bytes `first` to `last` (inclusive) of the source as a part. UploadPartCopy, S3 API reference.
 * @throws URIError as `copySource`.
 */
export function uploadPartCopyRequest(
  source: S3Object,
  { bucket, key }: CopyTarget,
  part: { readonly uploadId: string; readonly number: number; readonly first: number; readonly last: number },
  headers: Headers,
): S3Request {
  return {
    method: 'PUT',
    bucket,
    key,
    query: { partNumber: String(part.number), uploadId: part.uploadId },
    headers: {
      ...headers,
      'x-amz-copy-source': copySource(source),
      'x-amz-copy-source-range': `bytes=${part.first}-${part.last}`,
    },
    errorIn200: true,
    timeout: COPY_TIMEOUT,
  };
}

/** The part in an answer of UploadPartCopy; undefined if it has none. */
export function copiedPartIn(document: string, number: number): UploadedPart | undefined {
  const children = treeOf(document)?.children ?? [];
  const etag = children.find(({ name }) => name === 'ETag')?.text;
  return etag === undefined ? undefined : { number, etag, checksums: checksumsAmong(children) };
}

/** A page of an upload's parts, after the part `marker`. ListParts, S3 API reference. */
export function listPartsRequest(
  { bucket, key }: CopyTarget,
  uploadId: string,
  marker: string | undefined,
  headers: Headers,
): S3Request {
  const query = { uploadId, 'max-parts': '1000', ...(marker !== undefined && { 'part-number-marker': marker }) };
  return { method: 'GET', bucket, key, query, headers };
}

/** Some of an upload's parts, and the marker of the next page if there is one. */
export interface PartsPage {
  readonly parts: readonly UploadedPart[];
  readonly next: string | undefined;
}

/** What an answer of ListParts says; undefined if that cannot be read. */
export function partsIn(document: string): PartsPage | undefined {
  const root = treeOf(document);
  if (root === undefined) return undefined;
  const parts = childrenOf(root, 'Part').map((part) => ({
    number: Number(childText(part, 'PartNumber')),
    etag: childText(part, 'ETag') ?? '',
    size: Number(childText(part, 'Size')),
    checksums: checksumsAmong(part.children),
  }));
  const truncated = childText(root, 'IsTruncated') === 'true';
  return { parts, next: truncated ? childText(root, 'NextPartNumberMarker') : undefined };
}

/** Makes an object of an upload's parts, given in their order. CompleteMultipartUpload, S3 API reference. */
export function completeMultipartUploadRequest(
  { bucket, key }: CopyTarget,
  uploadId: string,
  parts: readonly UploadedPart[],
  headers: Headers,
): S3Request {
  const bytes = Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.map(partElement).join('')}` +
      '</CompleteMultipartUpload>',
  );
  return {
    method: 'POST',
    bucket,
    key,
    query: { uploadId },
    headers: { ...headers, 'content-type': 'application/xml' },
    body: { bytes, hash: sha256(bytes) },
    errorIn200: true,
    timeout: COMPLETE_TIMEOUT,
  };
}

/** AbortMultipartUpload, S3 API reference. */
export function abortMultipartUploadRequest(
  { bucket, key }: CopyTarget,
  uploadId: string,
  headers: Headers,
): S3Request {
  return { method: 'DELETE', bucket, key, query: { uploadId }, headers };
}

/** undefined for what is no document. */
function treeOf(document: string): XmlNode | undefined {
  try {
    return xmlTree(document);
  } catch {
    return undefined;
  }
}

function partElement({ number, etag, checksums }: UploadedPart): string {
  const sums = Object.entries(checksums).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<Part><ETag>${escapeXml(etag)}</ETag>${sums.join('')}<PartNumber>${number}</PartNumber></Part>`;
}

function checksumsAmong(children: readonly { readonly name: string; readonly text: string }[]): Record<string, string> {
  const found = children.filter(({ name }) => name.startsWith('Checksum') && name !== 'ChecksumType');
  return Object.fromEntries(found.map(({ name, text }) => [name, text]));
}
