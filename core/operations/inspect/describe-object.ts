import type { S3Tag } from '../../s3/requests/object-tagging.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * What an object is, as one line of JSON: always size, eTag, lastModified and storageClass; what else there is of
 * contentType, contentEncoding, versionId, parts, checksum, encryption, tags, restore, archiveStatus, objectLock and
 * replicationStatus, in this order. Its longest members are ten tags of 384 characters: it stays under 16 KB.
 *
 * @param headers of the answer to a HEAD. HeadObject, S3 API reference.
 */
export function describeObject(headers: Headers, tags: readonly S3Tag[]): string {
  const eTag = bare(headers['etag'] ?? '');
  const parts = /-(\d{1,5})$/.exec(eTag)?.[1];
  return JSON.stringify({
    size: Number(headers['content-length'] ?? 0),
    eTag,
    lastModified: timeOf(headers['last-modified']),
    // S3 leaves out the class that most objects have.
    storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    versionId: headers['x-amz-version-id'],
    parts: parts === undefined ? undefined : Number(parts),
    checksum: checksumOf(headers),
    encryption: encryptionOf(headers),
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    restore: restoreOf(headers['x-amz-restore']),
    archiveStatus: headers['x-amz-archive-status'],
    objectLock: lockOf(headers),
    replicationStatus: headers['x-amz-replication-status'],
  });
}

function bare(eTag: string): string {
  return eTag.replace(/^"(.*)"$/, '$1');
}

/** An HTTP date as ISO 8601; undefined for what is no date. */
function timeOf(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
}

const CHECKSUM = /^x-amz-checksum-(?!type$|mode$|algorithm$)(.+)$/;

function checksumOf(headers: Headers): object | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = CHECKSUM.exec(name)?.[1];
    if (algorithm !== undefined) {
      return { algorithm: algorithm.toUpperCase(), value, type: headers['x-amz-checksum-type'] };
    }
  }
  return undefined;
}

function encryptionOf(headers: Headers): object | undefined {
  const algorithm = headers['x-amz-server-side-encryption'];
  if (algorithm === undefined) return undefined;
  return {
    algorithm,
    keyId: headers['x-amz-server-side-encryption-aws-kms-key-id'],
    bucketKey: headers['x-amz-server-side-encryption-bucket-key-enabled'] === 'true' ? true : undefined,
  };
}

/** `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"` (HeadObject). */
function restoreOf(header: string | undefined): object | undefined {
  if (header === undefined) return undefined;
  return {
    ongoing: header.includes('ongoing-request="true"'),
    expires: timeOf(/expiry-date="([^"]*)"/.exec(header)?.[1]),
  };
}

function lockOf(headers: Headers): object | undefined {
  const mode = headers['x-amz-object-lock-mode'];
  const retainUntil = headers['x-amz-object-lock-retain-until-date'];
  const legalHold = headers['x-amz-object-lock-legal-hold'];
  if (mode === undefined && legalHold === undefined) return undefined;
  return { mode, retainUntil, legalHold };
}
