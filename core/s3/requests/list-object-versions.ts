import type { S3Object, S3Request } from '../s3-request.ts';
import { childText, type XmlNode, xmlTree } from '../xml-tree.ts';

/** Where a page of a listing begins: after this version. */
export interface VersionMarker {
  readonly key: string;
  /** Empty: after all versions of the key. */
  readonly versionId: string;
}

export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
}

export interface VersionPage {
  /** By key in the order of UTF-8, and newest first. */
  readonly versions: readonly ListedVersion[];
  /** undefined on the last page. */
  readonly next: VersionMarker | undefined;
}

/** A page of a thousand versions, each with a key that takes three bytes a character, owners and all. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The versions and delete markers of all keys that begin with the object's. ListObjectVersions, S3 API reference. */
export function listObjectVersionsRequest(
  { bucket, key }: Omit<S3Object, 'versionId'>,
  most: number,
  after?: VersionMarker,
): S3Request {
  const query = {
    versions: '',
    prefix: key,
    'encoding-type': 'url',
    'max-keys': String(most),
    ...(after !== undefined && { 'key-marker': after.key }),
    ...(after !== undefined && after.versionId !== '' && { 'version-id-marker': after.versionId }),
  };
  return { method: 'GET', bucket, query, maxBodyBytes: MAX_BODY_BYTES };
}

/** What an answer of ListObjectVersions lists. Throws when it is not XML, or its keys are not encoded as it says. */
export function versionsIn(document: string): VersionPage {
  const result = xmlTree(document);
  const decode = childText(result, 'EncodingType') === 'url' ? decodeListed : (text: string) => text;
  const versions = result.children.flatMap((node) => versionIn(node, decode) ?? []);
  const key = childText(result, 'NextKeyMarker') ?? '';
  const isTruncated = childText(result, 'IsTruncated') === 'true' && key !== '';
  const versionId = childText(result, 'NextVersionIdMarker') ?? '';
  return { versions, next: isTruncated ? { key: decode(key), versionId } : undefined };
}

function versionIn(node: XmlNode, decode: (text: string) => string): ListedVersion | undefined {
  if (node.name !== 'Version' && node.name !== 'DeleteMarker') return undefined;
  return {
    key: decode(childText(node, 'Key') ?? ''),
    versionId: childText(node, 'VersionId') ?? '',
    isDeleteMarker: node.name === 'DeleteMarker',
  };
}

/** `encoding-type=url` writes a space as a plus. */
function decodeListed(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
