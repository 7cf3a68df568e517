import type { Look } from './look-at-object.ts';

/** What a HEAD tells of an object, in the words of inventories, by what inventories call it. */
const READERS: Readonly<Record<string, (headers: Readonly<Record<string, string>>) => string>> = {
  Size: (headers) => headers['content-length'] ?? '',
  LastModifiedDate: (headers) => isoTime(headers['last-modified']),
  StorageClass: (headers) => headers['x-amz-storage-class'] ?? 'STANDARD',
  EncryptionStatus: (headers) => ENCRYPTIONS[headers['x-amz-server-side-encryption'] ?? 'none'] ?? '',
  ReplicationStatus: (headers) => {
    const status = headers['x-amz-replication-status'] ?? '';
    return status === 'COMPLETE' ? 'COMPLETED' : status;
  },
};

const ENCRYPTIONS: Readonly<Record<string, string>> = {
  AES256: 'SSE-S3',
  'aws:kms': 'SSE-KMS',
  'aws:kms:dsse': 'DSSE-KMS',
  none: 'NOT-SSE',
};

/** The columns that a HEAD stands in for. */
export const HEAD_COLUMNS: readonly string[] = Object.keys(READERS);

/**
 * The record of HEAD_COLUMNS of what a look found. Of an object under its own key all is empty but the encryption, for
 * S3 tells nothing else of it.
 */
export function recordOfLook(look: Exclude<Look, 'gone' | 'delete marker'>): readonly string[] {
  if (look === 'SSE-C') return HEAD_COLUMNS.map((column) => (column === 'EncryptionStatus' ? 'SSE-C' : ''));
  return Object.values(READERS).map((read) => read(look));
}

function isoTime(httpDate = ''): string {
  const time = Date.parse(httpDate);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
