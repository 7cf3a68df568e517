import type { ManifestField } from '../job/request.ts';
import { readCsvRecord } from './csv-record.ts';
import { decodeManifestKey } from './object-key.ts';

/** What a manifest's line names. */
export interface TaskLine {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** As the manifest spelled it. */
  readonly manifestKey: string;
  /** Absent: the manifest has no version column. Empty: it has one, and this line's is empty (the task will fail). */
  readonly versionId?: string;
}

/** Bucket names of general purpose and directory buckets, old ones with capitals and underscores included. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** Version ids are URL-ready text of at most 1,024 bytes (User Guide, versioning-workflows); "null" is one of them. */
const VERSION_ID = /^[A-Za-z0-9._~+/=-]{1,1024}$/;

/**
 * Reads a line (without its line break) by the manifest's Fields. Answers the reason, in S3's words where they are
 * known (User Guide, troubleshooting-batch-operations), when the line is not valid: the job then fails.
 */
export function readTaskLine(line: string, fields: readonly ManifestField[]): TaskLine | string {
  const record = readCsvRecord(line);
  if (record === undefined) return 'Manifest file is not properly formatted: quotes are not balanced';
  if (record.length !== fields.length) {
    return `Unexpected number of task fields: ${record.length} where Fields names ${fields.length}`;
  }
  const bucket = record[fields.indexOf('Bucket')] ?? '';
  if (!BUCKET.test(bucket)) return `Invalid bucket name "${shorten(bucket)}"`;
  const manifestKey = record[fields.indexOf('Key')] ?? '';
  const key = decodeManifestKey(manifestKey);
  if (key === undefined) {
    return `Invalid object key format "${shorten(manifestKey)}": keys are URL-encoded, a literal % is %25`;
  }
  const versionColumn = fields.indexOf('VersionId');
  if (versionColumn === -1) return { bucket, key, manifestKey };
  const versionId = record[versionColumn] ?? '';
  if (versionId !== '' && !VERSION_ID.test(versionId)) return `Invalid version ID format "${shorten(versionId)}"`;
  return { bucket, key, manifestKey, versionId };
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
